// What the browser of a page keeps of notes, in its two stores.
import type { Page } from "@playwright/test";

/** Calls one method of IndexedDB's store of texts; gives what it answers. */
const ask = (page: Page, method: "getAll" | "clear"): Promise<unknown> =>
  page.evaluate(async (method) => {
    const done = (request: IDBRequest) =>
      new Promise<unknown>((good, bad) => {
        request.onsuccess = () => good(request.result);
        request.onerror = () => bad(request.error);
      });
    const database = (await done(indexedDB.open("ringside"))) as IDBDatabase;
    const transaction = database.transaction("texts", "readwrite");
    const ended = new Promise((good) => (transaction.oncomplete = good));
    const answer = await done(transaction.objectStore("texts")[method]());
    await ended;
    database.close();
    return answer;
  }, method);

const PREFIX = "ringside.note.";

/** What is kept, as JSON: not what was done with. */
export async function kept(page: Page): Promise<string[]> {
  const ofTabs = await page.evaluate((prefix) => Object.entries(localStorage).filter(([key]) => key.startsWith(prefix)), PREFIX);
  const entries = [...ofTabs.map(([, entry]) => String(entry)), ...((await ask(page, "getAll")) as string[])];
  return entries.filter((entry) => JSON.parse(entry).kept !== null);
}

export async function forget(page: Page): Promise<void> {
  await page.evaluate(() => localStorage.clear());
  await ask(page, "clear");
}
