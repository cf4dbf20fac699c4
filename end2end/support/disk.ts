// What the browser of a page keeps of notes on its disk.
import type { Page } from "@playwright/test";

/** Calls one method of the store of texts; gives what it answers. */
const ask = (page: Page, method: "getAll" | "clear"): Promise<unknown> =>
  page.evaluate(async (method) => {
    const done = (request: IDBRequest) =>
      new Promise<unknown>((good, bad) => {
        request.onsuccess = () => good(request.result);
        request.onerror = () => bad(request.error);
      });
    const database = (await done(indexedDB.open("ringside"))) as IDBDatabase;
    const answer = await done(database.transaction("texts", "readwrite").objectStore("texts")[method]());
    database.close();
    return answer;
  }, method);

export const kept = async (page: Page): Promise<string[]> => (await ask(page, "getAll")) as string[];

export const forget = async (page: Page): Promise<void> => void (await ask(page, "clear"));
