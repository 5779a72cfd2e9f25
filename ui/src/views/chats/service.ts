// Service messages as sentences. Telegram has sixty actions and adds more: an action without words of its own is named.

import type { MessageView } from "../../ipc";
import { known, t } from "../../text/index.svelte";
import { line } from "../../words/clean";
import { senderName } from "./quote";

export function serviceWords(message: MessageView): string {
  const action = message.service?.action ?? "";
  const detail = line(message.service?.detail ?? "", 400);
  const key = `service.${action}`;
  const words = known(key)
    ? t(key as "service.pin_message", { who: senderName(message), detail } as never)
    : t("service.other", { who: senderName(message), action: line(action) || t("service.unnamed") });
  return detail && !words.includes(detail) ? `${words}: ${detail}` : words;
}
