// Programs that the tests start, and end.
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export function gone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Sends the signal, and waits until the program has ended. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  // One that has ended says "exit" no more.
  if (gone(child)) return;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill(signal);
  await ended;
}

/** Asks again and again, for at most so many seconds, until the answer is not undefined. */
export async function eventually<T>(what: string, seconds: number, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > until) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // It has ended.
  }
};

/** Kills every process that was started with `word` in its command line, and waits until none is left. */
export async function killAllOf(word: string): Promise<void> {
  const theirs = () => readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(word));
  await eventually(`no process of ${word}`, 10, () => {
    const left = theirs();
    for (const pid of left) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }
    return left.length === 0 || undefined;
  });
}
