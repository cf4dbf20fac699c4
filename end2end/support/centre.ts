// A whole call centre for a file of tests: a real Asterisk with twelve phones, Ringside, three
// agents in browsers, the nine others and a supervisor as clients without a page.
import type { Browser, Page } from "@playwright/test";

import { Asterisk, EXTENS } from "./asterisk.js";
import { type CallState, Client } from "./client.js";
import { agent } from "./people.js";
import { eventually } from "./process.js";
import { LOGINS, Server } from "./server.js";
import { Telephones } from "./sip.js";

/** A customer of the tests: number NN is of the agent at 10NN where each has a call of their own. */
export const number = (index: number): string => `09000001${String(index).padStart(2, "0")}`;
export const customer = (index: number): string => `Khách ${String(index).padStart(2, "0")}`;

const CUSTOMERS = `
  INSERT INTO restaurants (id, name) VALUES (1, 'Song Dương Văn Cao');
  ${EXTENS.map((_, index) => `
  INSERT INTO customers (id, name, folded) VALUES (${index + 1}, '${customer(index)}', 'khach ${index}');
  INSERT INTO customer_phones (number, customer_id, written, position) VALUES ('+84${number(index).slice(1)}', ${index + 1}, '${number(index)}', 0);
  INSERT INTO bookings (customer_id, restaurant_id, at, adults, children, state) VALUES (${index + 1}, 1, '2026-08-10T19:30', 2, 2, 'pending');`).join("")}`;

export class Centre {
  /** Who has a page, by extension. */
  readonly pages = new Map<string, Page>();
  /** Who has none. */
  readonly clients = new Map<string, Client>();

  private constructor(
    readonly asterisk: Asterisk,
    readonly telephones: Telephones,
    readonly server: Server,
    public floor: Client,
  ) {}

  /** With agents before a page at these extensions. */
  static async open(browser: Browser, pages = ["1000", "1001", "1002"]): Promise<Centre> {
    const asterisk = await Asterisk.start();
    const telephones = new Telephones(asterisk);
    await telephones.register();
    const server = await Server.on(asterisk, CUSTOMERS);
    const centre = new Centre(asterisk, telephones, server, await Client.signIn(server, "supervisor"));
    for (const [index, exten] of EXTENS.entries()) {
      if (pages.includes(exten)) centre.pages.set(exten, await agent(browser, server, exten));
      else centre.clients.set(exten, await Client.signIn(server, LOGINS[index], exten));
    }
    return centre;
  }

  /** Clients without a page do not come back by themselves when Ringside was gone. */
  async signInAgain(): Promise<void> {
    this.floor.close();
    this.floor = await Client.signIn(this.server, "supervisor");
    for (const [exten, client] of this.clients) {
      client.close();
      this.clients.set(exten, await Client.signIn(this.server, LOGINS[Number(exten) - 1000], exten));
    }
  }

  page(exten: string): Page {
    const page = this.pages.get(exten);
    if (!page) throw new Error(`${exten} has no page`);
    return page;
  }

  client(exten: string): Client {
    const client = this.clients.get(exten);
    if (!client) throw new Error(`${exten} has a page`);
    return client;
  }

  /** The calls that the floor has seen. */
  known(): string[] {
    return this.floor.frames.map((frame) => String(frame.callId));
  }

  /** The call of this number that the floor sees, from its first frame on. */
  async seen(number: string, known: string[] = []): Promise<CallState> {
    return this.floor.state((state) => state.callerId === number && !known.includes(state.callId));
  }

  /** Waits until no channel is left and every call has its end in the database. */
  async quiet(): Promise<void> {
    await eventually("Asterisk is quiet", 30, async () => (await this.asterisk.channels()).length === 0 || undefined);
    const open = "SELECT id FROM calls WHERE ended_at IS NULL";
    await eventually("every call has ended in the database", 10, () => this.server.sql(open).length === 0 || undefined);
  }

  /** Puts every card of calls that are over away, so that a test begins with empty desks. */
  async tidy(): Promise<void> {
    for (const page of this.pages.values()) {
      for (const over of await page.locator("article.card[data-phase=wrapup]").all()) {
        await over.locator(".close").click();
      }
    }
  }

  async close(): Promise<void> {
    for (const page of this.pages.values()) await page.context().close();
    for (const client of [...this.clients.values(), this.floor]) client.close();
    await this.server.stop();
    await this.telephones.stop();
    await this.asterisk.stop();
  }
}
