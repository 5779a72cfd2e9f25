//! How a promise ends: the thing is there, or the word is taken back.

use super::Patterns;
use super::frames::patterns;
use std::sync::OnceLock;

patterns!(
    /// Taken back.
    withdrawals: () = [
        ((), "не получится; не получается; не сможем; не смогу; не успею; не успеваю; не успеем; не успеваем; отменяем; отменяю; отменяется; отмена; отбой; can't make it; cannot make it; won't be able; not able to; won't make it; have to cancel; need to cancel; cancelled; canceled; снимаем с; не выйдет; не сделаем; не пришлю; не отправлю; вынужден* отменить; придется отменить; придется отказаться; не состоится; call it off; calling off; не актуально; уже не нужно; больше не нужно"),
    ]
);

patterns!(
    /// The thing is there.
    deliveries: () = [
        ((), "готово; готов; готова; готовы; сделано; done; sent; отправлено; выслано; скинуто; исправлено; пофикшено; выставлен; выставлено; подписано; оплачено; отгружено; доставлено; вот; держите; лови; ловите; во вложении; прикрепил*; attached; here's; here is; here you go; here are; shared; delivered; shipped; fixed; deployed; uploaded; submitted; paid; released; resolved; signed; выкатили; выкатил; залил*; в почте; на почте; на почту; у вас на; закрыто; решено; высылаю; отправляю; направляю; прикладываю; прикрепляю; скидываю; присылаю; ушло; ушел; ушли; ушла; уже у вас; just sent; as promised; как обещал*; merged; live; i've sent; i've shared; i've added; updated; completed; booked; confirmed; all set; working now; заработало; работает; починил*; поправил*; устранил*; please find; finished; called"),
    ]
);
