//! Who a sentence speaks of: people by first name, colleagues of the same firm, third parties.

use std::collections::HashSet;
use std::sync::OnceLock;

/// Common first names in the nominative, with the short forms used at work.
const NAMES: &str = "александр саша шура алексей леша анатолий толя андрей антон аркадий артем артур богдан борис вадим \
валентин валера валерий василий вася виктор витя виталий влад владимир вова владислав вячеслав слава гена геннадий георгий \
герман глеб гоша григорий гриша даниил данила данил денис дима дмитрий евгений женя егор захар иван ваня игорь илья кирилл \
константин костя леонид леня лев макс максим марат марк матвей михаил миша никита николай коля олег павел паша петр петя роман \
рома руслан рустам семен сергей сережа станислав стас степан тимофей тимур федор филипп эдуард эдик юрий юра яков ярослав \
ада аида алена алина алиса алла анастасия настя ангелина анжела анна аня антонина арина валентина валерия лера варвара варя \
вера вероника виктория вика галина галя дарья даша диана ева евгения екатерина катя елена лена елизавета лиза жанна зинаида \
зоя инна ирина ира карина кира кристина ксения ксюша лариса лидия лида лилия любовь люба людмила люда майя маргарита рита \
марина мария маша милана надежда надя наталья наталия наташа нина оксана олеся ольга оля полина раиса регина сабина светлана \
света снежана софия соня софья таисия тамара татьяна таня ульяна эвелина элина эльвира эмма юлия юля яна \
alex alexey andrey anna anton alice ben bob boris chris claire daniel david dmitry ed elena emma eric eugene george greg hannah \
helen igor ilya ivan jack james jane jason jen jim joe john julia kate kirill laura lena leo liam lisa lucy maria mark mary masha \
matt max maya michael mike natalia nick nina oleg olga oliver pavel peter polina rachel roman sam sara sarah sergey sofia steve \
tanya tim tom vera victor vlad will yana";

/// Same firm: departments and roles (beginnings of words).
const COLLEAGUES: [&str; 60] = [
    "коллег",
    "бухгалтер",
    "склад",
    "разработ",
    "девы",
    "дев",
    "программист",
    "юрист",
    "логист",
    "монтажник",
    "инженер",
    "команд",
    "ребят",
    "технолог",
    "производств",
    "дизайнер",
    "техотдел",
    "техподдержк",
    "саппорт",
    "поддержк",
    "тестировщик",
    "аналитик",
    "снабжен",
    "кладовщик",
    "оператор",
    "сервис",
    "сервисник",
    "отдел",
    "закупк",
    "финансист",
    "маркетинг",
    "проектировщик",
    "мастер",
    "техник",
    "специалист",
    "замерщик",
    "сборщик",
    "бригад",
    "установщик",
    "электрик",
    "тестеры",
    "продакт",
    "куратор",
    "методист",
    "конструктор",
    "тимлид",
    "архитектор",
    "devs",
    "dev",
    "engineer",
    "engineers",
    "engineering",
    "team",
    "support",
    "designer",
    "accounting",
    "finance",
    "legal",
    "warehouse",
    "ops",
];

/// Third parties, whose acts are not ours to promise (beginnings of words).
const STRANGERS: [&str; 46] = [
    "курьер",
    "перевозчик",
    "банк",
    "сдэк",
    "cdek",
    "почта",
    "дпд",
    "dpd",
    "dhl",
    "ups",
    "fedex",
    "пэк",
    "байкал",
    "делов",
    "таможн",
    "налогов",
    "поставщик",
    "подрядчик",
    "субподрядчик",
    "вендор",
    "партнер",
    "арендодател",
    "провайдер",
    "хостинг",
    "нотариус",
    "экспедитор",
    "водител",
    "завод",
    "изготовител",
    "дистрибьютор",
    "конкурент",
    "прежн",
    "предыдущ",
    "carrier",
    "courier",
    "bank",
    "vendor",
    "supplier",
    "customs",
    "provider",
    "partner",
    "microsoft",
    "google",
    "apple",
    "amazon",
    "contractor",
];

pub fn is_name(word: &str) -> bool {
    static SET: OnceLock<HashSet<&'static str>> = OnceLock::new();
    SET.get_or_init(|| NAMES.split_whitespace().collect()).contains(word)
}

pub fn is_colleague(word: &str) -> bool {
    COLLEAGUES.iter().any(|c| begins(word, c))
}

pub fn is_stranger(word: &str) -> bool {
    STRANGERS.iter().any(|c| begins(word, c))
}

/// A short beginning must be the whole word: «дев» is not «девять».
fn begins(word: &str, beginning: &str) -> bool {
    if beginning.chars().count() < 4 || beginning.is_ascii() { word == beginning } else { word.starts_with(beginning) }
}
