//! Telegram's refusals in words: what happened, what is safe, what to do.

type Words = (&'static str, &'static str);

pub fn refusal(name: &str) -> Words {
    match name {
        "PHONE_NUMBER_INVALID" => (
            "Telegram не знает такого номера. Пишите его с кодом страны: +7…",
            "Telegram does not know this number. Write it with the country code: +7…",
        ),
        "PHONE_NUMBER_BANNED" | "PHONE_NUMBER_FLOOD" | "PHONE_PASSWORD_FLOOD" => (
            "Telegram не пускает по этому номеру. Подождите сутки; если не помогло, поможет только поддержка Telegram.",
            "Telegram does not let this number in. Wait for a day; if that does not help, only Telegram's support can.",
        ),
        "PHONE_NUMBER_UNOCCUPIED" => (
            "С этим номером нет аккаунта Telegram. Летопись аккаунтов не заводит: проверьте номер.",
            "There is no Telegram account with this number. Letopis opens none: check the number.",
        ),
        "PHONE_CODE_INVALID" | "PHONE_CODE_EMPTY" => {
            ("Код не подходит. Проверьте цифры и введите ещё раз.", "The code does not fit. Check the digits and try again.")
        }
        "PHONE_CODE_EXPIRED" => ("Код устарел. Запросите новый.", "The code is too old. Ask for a new one."),
        "PASSWORD_HASH_INVALID" => (
            "Облачный пароль не подходит. Попробуйте ещё раз; забытый пароль сбрасывают в самом Telegram.",
            "The two-step password does not fit. Try again; a forgotten one is reset in Telegram itself.",
        ),
        "API_ID_INVALID" | "API_ID_PUBLISHED_FLOOD" => (
            "Telegram не принимает api_id и api_hash. Скопируйте их ещё раз со страницы my.telegram.org.",
            "Telegram does not accept this api_id and api_hash. Copy them again from my.telegram.org.",
        ),
        "PROXY_INVALID" => (
            "Адрес прокси пишется так: socks5://имя:пароль@узел:порт, имя и пароль можно пропустить.",
            "A proxy is written as socks5://user:password@host:port; user and password may be left out.",
        ),
        "SEND_CODE_UNAVAILABLE" => (
            "Других способов прислать код у Telegram нет. Ищите его в Telegram на другом устройстве или войдите по QR-коду.",
            "Telegram has no other way to send the code. Look for it in Telegram on another device, or sign in by QR code.",
        ),
        "SMS_PAYMENT_REQUIRED" => (
            "За SMS с кодом Telegram просит плату. Войдите по QR-коду: он бесплатный.",
            "Telegram wants to be paid for the SMS. Sign in by QR code: it is free.",
        ),
        "PASSWORD_RULES_WEAK" | "PASSWORD_RULES_UNKNOWN" => (
            "Сервер предложил ненадёжную проверку пароля, и пароль не отправлен. Обновите Летопись или проверьте сеть.",
            "The server offered an unsafe way to check the password, so it was not sent. Update Letopis, or check the network.",
        ),
        super::clock::CLOCK_AHEAD => (
            "Часы этого компьютера спешат, поэтому Telegram не отвечает. Записанное цело. Поставьте верное время (лучше автоматически) и повторите.",
            "This computer's clock is ahead, so Telegram does not answer. What was recorded is safe. Set the right time (best automatically) and try again.",
        ),
        "SERVER_KEY_UNKNOWN" => (
            "Сервер предъявил не тот ключ, что назван в файле LETOPIS_TELEGRAM_SERVER. Ничего не отправлено. Проверьте адрес и ключ в файле.",
            "The server shows another key than the file LETOPIS_TELEGRAM_SERVER names. Nothing was sent. Check address and key in the file.",
        ),
        _ => (
            "Telegram ответил отказом. Записанное цело. Повторите позже.",
            "Telegram refused. What was recorded is safe. Try again later.",
        ),
    }
}
