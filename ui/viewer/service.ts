// What a service message says, as a sentence. Names of actions are Telegram's; an unknown one is shown by its name.

import { duration, type Lang } from "./format";
import type { Service } from "./pack";
import { words } from "./words";

type Sentence = (who: string, detail: string) => string;

// Without a verb in the past tense of a gender: the sender's is not known.
const RU: Record<string, Sentence> = {
  create_group: (who, what) => `${who}: создана группа${quoted(what)}`,
  create_channel: (who, what) => `${who}: создан канал${quoted(what)}`,
  edit_group_title: (who, what) => `${who}: новое название${quoted(what)}`,
  edit_group_photo: (who) => `${who}: новое фото группы`,
  delete_group_photo: (who) => `${who}: фото группы удалено`,
  invite_members: (who, what) => `${who}: приглашение в группу${after(what)}`,
  remove_members: (who, what) => `${who}: исключение из группы${after(what)}`,
  join_group_by_link: (who) => `${who}: вход в группу по ссылке`,
  join_group_by_request: (who) => `${who}: вход в группу по заявке`,
  migrate_to_supergroup: () => "Группа стала супергруппой",
  migrate_from_group: () => "Группа стала супергруппой",
  pin_message: (who) => `${who}: сообщение закреплено`,
  clear_history: (who) => `${who}: история очищена`,
  phone_call: (who, what) => `${who}: звонок${length(what)}`,
  conference_call: (who, what) => `${who}: групповой звонок${length(what)}`,
  group_call: (who, what) => `${who}: групповой звонок${length(what)}`,
  group_call_scheduled: (who) => `${who}: звонок запланирован`,
  invite_to_group_call: (who, what) => `${who}: приглашение в звонок${after(what)}`,
  take_screenshot: (who) => `${who}: снимок экрана`,
  joined_telegram: (who) => `${who}: теперь в Telegram`,
  set_messages_ttl: (who) => `${who}: изменён срок автоудаления`,
  topic_created: (who, what) => `${who}: создана тема${quoted(what)}`,
  topic_edit: (who, what) => `${who}: тема изменена${quoted(what)}`,
  send_payment: (who, what) => `${who}: оплата${after(what)}`,
  edit_chat_theme: (who) => `${who}: новое оформление чата`,
  requested_phone_number: (who) => `${who}: запрошен номер телефона`,
};

const EN: Record<string, Sentence> = {
  create_group: (who, what) => `${who} created the group${quoted(what)}`,
  create_channel: (who, what) => `${who} created the channel${quoted(what)}`,
  edit_group_title: (who, what) => `${who} changed the title to${quoted(what)}`,
  edit_group_photo: (who) => `${who} changed the group photo`,
  delete_group_photo: (who) => `${who} removed the group photo`,
  invite_members: (who, what) => `${who} invited members${after(what)}`,
  remove_members: (who, what) => `${who} removed members${after(what)}`,
  join_group_by_link: (who) => `${who} joined by link`,
  join_group_by_request: (who) => `${who} joined by request`,
  migrate_to_supergroup: () => "The group became a supergroup",
  migrate_from_group: () => "The group became a supergroup",
  pin_message: (who) => `${who} pinned a message`,
  clear_history: (who) => `${who} cleared the history`,
  phone_call: (who, what) => `${who}: call${length(what)}`,
  conference_call: (who, what) => `${who}: group call${length(what)}`,
  group_call: (who, what) => `${who}: group call${length(what)}`,
  group_call_scheduled: (who) => `${who} scheduled a call`,
  invite_to_group_call: (who, what) => `${who} invited to a call${after(what)}`,
  take_screenshot: (who) => `${who} took a screenshot`,
  joined_telegram: (who) => `${who} joined Telegram`,
  set_messages_ttl: (who) => `${who} changed the auto-delete timer`,
  topic_created: (who, what) => `${who} created the topic${quoted(what)}`,
  topic_edit: (who, what) => `${who} changed the topic${quoted(what)}`,
  send_payment: (who, what) => `${who}: payment${after(what)}`,
  edit_chat_theme: (who) => `${who} changed the chat theme`,
  requested_phone_number: (who) => `${who} asked for the phone number`,
};

export function serviceSentence(lang: Lang, sender: string, service: Service): string {
  const who = sender.trim() === "" ? words(lang).someone : sender;
  const table = lang === "ru" ? RU : EN;
  // `Object.hasOwn`: an action named "constructor" is still a stranger's word.
  const sentence = Object.hasOwn(table, service.action) ? table[service.action] : undefined;
  const detail = service.detail ?? "";
  return sentence?.(who, detail) ?? `${who}: ${words(lang).kinds["service"]} (${service.action})${after(detail)}`;
}

function quoted(what: string): string {
  return what === "" ? "" : ` «${what}»`;
}

function after(what: string): string {
  return what === "" ? "" : `: ${what}`;
}

function length(seconds: string): string {
  return /^\d{1,9}$/.test(seconds) ? `, ${duration(Number(seconds))}` : after(seconds);
}
