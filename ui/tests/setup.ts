// What jsdom lacks and the interface needs: sizes, so that virtual lists draw rows; dialogs; scrolling.
import "@testing-library/jest-dom/vitest";
import { beforeEach } from "vitest";
import { configure } from "@testing-library/svelte";

const VIEWPORT = 4000;
const ROW = 40;

class Observer implements ResizeObserver {
  #callback: ResizeObserverCallback;
  #watched = new Set<Element>();
  constructor(callback: ResizeObserverCallback) {
    this.#callback = callback;
  }
  observe(target: Element): void {
    const list = target.getAttribute("style")?.includes("overflow-y") ?? false;
    const contentRect = { width: 600, height: list ? VIEWPORT : ROW } as DOMRectReadOnly;
    this.#watched.add(target);
    // A real observer reports after layout, never from inside the call.
    queueMicrotask(() => {
      if (this.#watched.has(target)) this.#callback([{ target, contentRect } as ResizeObserverEntry], this);
    });
  }
  unobserve(target: Element): void {
    this.#watched.delete(target);
  }
  disconnect(): void {
    this.#watched.clear();
  }
}

globalThis.ResizeObserver = Observer;
Object.defineProperty(HTMLElement.prototype, "offsetParent", { configurable: true, get: () => document.body });
Object.defineProperty(HTMLCanvasElement.prototype, "getContext", { configurable: true, value: () => null });
Object.defineProperty(HTMLElement.prototype, "scrollTo", { configurable: true, value: () => undefined });
Object.defineProperty(HTMLDialogElement.prototype, "showModal", {
  configurable: true,
  value(this: HTMLDialogElement) {
    this.setAttribute("open", "");
  },
});
Object.defineProperty(HTMLDialogElement.prototype, "close", {
  configurable: true,
  value(this: HTMLDialogElement) {
    this.removeAttribute("open");
    this.dispatchEvent(new Event("close"));
  },
});

beforeEach(() => {
  localStorage.clear();
  localStorage.setItem("letopis.lang", "ru");
});

// A loaded machine is slow, not broken: waiting ends late, and only when the thing never comes.
configure({ asyncUtilTimeout: 30_000 });
