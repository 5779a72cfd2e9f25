// The words a date field needs, under one label.

import { t } from "../text/index.svelte";

export const dateWords = (label: string) => ({ label, open: t("date.open"), previous: t("date.previous"), next: t("date.next"), bad: t("date.bad"), empty: t("date.empty") });
