// A second ear on Asterisk's events, to know when something happened there.
import WebSocket from "ws";

import { type Asterisk, PASSWORD } from "./asterisk.js";

export interface ChannelEvent {
  type: string;
  channel: { id: string; name: string; state: string };
  /** Asterisk's own: milliseconds since 1970. */
  at: number;
}

export class Observer {
  readonly events: ChannelEvent[] = [];

  private constructor(private readonly socket: WebSocket) {}

  /** Under a name of its own, or under one that is taken away from another program. */
  static async open(asterisk: Asterisk, app = "observer"): Promise<Observer> {
    const url = `${asterisk.url.replace("http", "ws")}/ari/events?app=${app}&subscribeAll=true`;
    const socket = new WebSocket(url, { auth: `ringside:${PASSWORD}` });
    const observer = new Observer(socket);
    socket.on("message", (text) => {
      const event = JSON.parse(text.toString()) as ChannelEvent & { timestamp: string };
      // Asterisk's offset has no colon.
      event.at = Date.parse(event.timestamp.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
      if (event.type === "ChannelStateChange") observer.events.push(event);
    });
    await new Promise((done, failed) => socket.once("open", done).once("error", failed));
    return observer;
  }

  close(): void {
    this.socket.terminate();
  }
}
