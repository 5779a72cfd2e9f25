// The invented company of the fake: who leads which chats, and how each conversation ends. Nobody here exists.

export interface Ending {
  /** Minutes before "now". */
  ago: number;
  out: boolean;
  text: string;
  kind?: string;
  duration?: number;
  file?: string;
  deletedAfter?: [number, number];
  was?: string;
  marks?: ("promise" | "question" | "request" | "agreement")[];
}

export interface FakeChat {
  title: string;
  client: string;
  manager: number;
  size: number;
  kind: "person" | "group";
  ending: Ending[];
  waiting?: boolean;
  vanished?: boolean;
  promises?: { quote: string; state: "open" | "late" | "kept" | "broken" | "withdrawn"; due: number | null; dueText: string }[];
}

export const MANAGERS = [
  { id: "4001", name: "Анна Белова" },
  { id: "4002", name: "Игорь Савин" },
  { id: "4003", name: "Ольга Крамер" },
  { id: "4004", name: "Денис Орлов" },
];

const DAY = 1440;

export const CHATS: FakeChat[] = [
  {
    title: "ООО «Северный двор»", client: "Наталья Северная", manager: 0, size: 420, kind: "person", waiting: true,
    ending: [
      { ago: DAY + 90, out: false, text: "Получили коммерческое, смотрим. Вопрос по монтажу остаётся", marks: ["question"] },
      { ago: DAY + 60, out: true, text: "Приняла, уточню у бригады" },
      { ago: 190, out: false, text: "Добрый день, так что по срокам?", marks: ["question"] },
    ],
    promises: [{ quote: "уточню у бригады", state: "late", due: -18, dueText: "" }],
  },
  {
    title: "Кирилл · Промстрой", client: "Кирилл", manager: 0, size: 640, kind: "person",
    ending: [
      { ago: 2 * DAY + 48, out: false, text: "Анна, нам нужны условия на партию 400 шт. и понять, успеете ли к 15 декабря", marks: ["request"] },
      { ago: 2 * DAY + 29, out: true, text: "По 400 шт. сможем дать скидку 8%, доставка за наш счёт", was: "По 400 шт. сможем дать скидку 12%, доставка за наш счёт", marks: ["agreement"] },
      { ago: 2 * DAY - 5, out: false, text: "Ок, 12% нас устраивает, фиксируем. Счёт на Промстрой-Юг", deletedAfter: [95, 420], marks: ["agreement"] },
      { ago: 2 * DAY - 40, out: true, text: "Спецификация", kind: "file", file: "Спецификация_400шт.xlsx" },
      { ago: DAY + 100, out: false, text: "Так что по срокам и цене? И пришлите, пожалуйста, договор в новой редакции", marks: ["question", "request"] },
      { ago: 1273, out: true, text: "Кирилл, да, помню. Скину условия завтра до обеда, договор сегодня вечером", marks: ["promise"] },
    ],
    promises: [
      { quote: "договор сегодня вечером", state: "late", due: -14, dueText: "сегодня вечером" },
      { quote: "Скину условия завтра до обеда", state: "open", due: 2, dueText: "завтра до обеда" },
    ],
  },
  {
    title: "Лаборатория «Вектор»", client: "Павел Громов", manager: 0, size: 310, kind: "person",
    ending: [
      { ago: DAY + 200, out: true, text: "Акт во вложении, подписан с нашей стороны", kind: "file", file: "Акт_118.pdf" },
      { ago: 165, out: false, text: "Спасибо, получили!" },
    ],
    promises: [{ quote: "пришлю акт до среды", state: "kept", due: -40, dueText: "до среды" }],
  },
  {
    title: "Мария Ткачук", client: "Мария Ткачук", manager: 0, size: 180, kind: "person",
    ending: [{ ago: DAY + 300, out: false, text: "", kind: "voice", duration: 42 }],
  },
  {
    title: "Вера, «Оптика 24»", client: "Вера", manager: 0, size: 150, kind: "person", waiting: true,
    ending: [
      { ago: DAY + 30, out: false, text: "Вера на связи. Пришлите договор, пожалуйста", marks: ["request"] },
      { ago: 31, out: false, text: "Напомню про договор, без него не оплатят", marks: ["request"] },
    ],
  },
  {
    title: "«Дом и сад», закупки", client: "Светлана", manager: 1, size: 412, kind: "group", vanished: true,
    ending: [{ ago: DAY + 12 * 60, out: false, text: "Коллеги, мы выбрали другого поставщика. Спасибо за работу", marks: ["agreement"] }],
  },
  {
    title: "Тимур Ахметов", client: "Тимур Ахметов", manager: 1, size: 160, kind: "person", waiting: true,
    ending: [
      { ago: 152, out: false, text: "Выгрузка так и не работает, третий день", marks: ["request"] },
      { ago: 145, out: true, text: "принял, посмотрю", marks: ["promise"] },
    ],
    promises: [{ quote: "принял, посмотрю", state: "open", due: null, dueText: "" }],
  },
  {
    title: "Студия «Линия»", client: "Лина", manager: 1, size: 140, kind: "person",
    ending: [
      { ago: 5 * DAY, out: true, text: "До конца недели пришлю смету на доработку", marks: ["promise"] },
      { ago: 4 * DAY, out: false, text: "", kind: "sticker" },
    ],
    promises: [{ quote: "До конца недели пришлю смету", state: "open", due: 10, dueText: "до конца недели" }],
  },
  {
    title: "Hafen Logistics", client: "Jonas Weber", manager: 2, size: 260, kind: "person", waiting: true,
    ending: [
      { ago: DAY + 400, out: true, text: "Hi Jonas, the rates for December are attached", kind: "file", file: "Rates_December.pdf" },
      { ago: DAY + 62, out: false, text: "Could you send the updated quote by EOD Friday?", marks: ["question", "request"] },
    ],
  },
  {
    title: "Артём, тендер", client: "Артём", manager: 2, size: 120, kind: "person",
    ending: [{ ago: DAY + 700, out: true, text: "договорились, в среду созвон", marks: ["agreement", "promise"] }],
    promises: [{ quote: "в среду созвон", state: "open", due: 120, dueText: "в среду" }],
  },
  {
    title: "Клиника «Ясно»", client: "Доктор Лебедева", manager: 3, size: 140, kind: "person",
    ending: [{ ago: 60, out: true, text: "Отправил доступы, проверьте, пожалуйста" }],
    promises: [{ quote: "вышлю доступы утром", state: "kept", due: -1, dueText: "утром" }],
  },
  {
    title: "Ирина · склад", client: "Ирина", manager: 3, size: 90, kind: "person",
    ending: [{ ago: 3 * DAY, out: false, text: "Паллеты приняли, одна повреждена, фото ниже" }, { ago: 3 * DAY - 2, out: false, text: "", kind: "photo" }],
    promises: [{ quote: "компенсирую паллету", state: "withdrawn", due: null, dueText: "" }],
  },
];

export const IN_LINES = [
  "Добрый день! Подскажите, пожалуйста, когда отгрузка?", "Спасибо, получили", "А можно счёт на 50%?", "Сколько будет стоить доставка до Казани?",
  "Посмотрели предложение, дороговато. У конкурентов на 7% ниже", "Пришлите реквизиты", "Хорошо, ждём", "Мы согласны на эти условия",
  "Коллеги, нужен акт сверки за квартал", "Когда сможете созвониться?", "Ок", "Оплату провели сегодня, платёжка во вложении",
  "Есть вопрос по гарантии: сколько месяцев на монтаж?", "Нам нужно 120 штук к концу месяца", "Не успеваем согласовать, давайте на следующей неделе",
  "Кто будет на объекте завтра?", "Проверьте, пожалуйста, адрес: ул. Лесная, 14", "Please confirm the delivery date", "Скидка действует ещё?", "Отлично, спасибо за оперативность!",
];

export const OUT_LINES = [
  "Добрый день! Отгрузка во вторник, пришлю номер машины", "Счёт отправила на почту", "Уточню у склада и вернусь с ответом", "Доставка до Казани 18 400 ₽, два дня",
  "Понимаю. Могу предложить рассрочку без удорожания", "Реквизиты во вложении", "Отправил договор на согласование юристам", "Созвон в 15:00 удобно?",
  "Акт сверки подготовим до пятницы", "На монтаж гарантия 24 месяца", "120 штук есть на складе, резервирую", "Спасибо! Поступление вижу",
  "Завтра на объекте будет Сергей, +7 900 000-00-00", "Delivery is confirmed for Thursday", "Скидка до 30 числа", "Напомню про подпись в спецификации", "Приняла",
];
