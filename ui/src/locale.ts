// Imported before everything else. Under LANG=C some web views report "C" as the language, which every Intl constructor
// refuses with a throw while modules load: the window would stay blank. The reported language is replaced by a real one.

export function usableLocale(reported: string | undefined): string {
  try {
    return reported ? (Intl.getCanonicalLocales(reported)[0] ?? "en-GB") : "en-GB";
  } catch {
    return "en-GB";
  }
}

const reported = typeof navigator === "undefined" ? undefined : navigator.language;
const usable = usableLocale(reported);
if (typeof navigator !== "undefined" && usable !== reported) {
  Object.defineProperty(navigator, "language", { configurable: true, get: () => usable });
  Object.defineProperty(navigator, "languages", { configurable: true, get: () => [usable] });
}
