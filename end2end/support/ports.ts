// Ports of this machine: those that nobody uses, and the one that a server got.
import { createSocket } from "node:dgram";
import { createServer, type Server } from "node:net";

export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address ? done(address.port) : failed(new Error("no port"))));
    });
  });
}

/** Has the server listen; says where. */
export async function listening(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  return address.port;
}

/** So many UDP ports, all different. */
export async function freeUdpPorts(count: number): Promise<number[]> {
  const probes = await Promise.all(
    Array.from({ length: count }, () => {
      const probe = createSocket("udp4");
      return new Promise<typeof probe>((done, failed) => {
        probe.once("error", failed);
        probe.bind(0, "127.0.0.1", () => done(probe));
      });
    }),
  );
  const ports = probes.map((probe) => probe.address().port);
  await Promise.all(probes.map((probe) => new Promise<void>((done) => probe.close(() => done()))));
  return ports;
}

/** Does somebody hold this UDP port? */
export function udpPortIsTaken(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createSocket("udp4");
    probe.once("error", () => done(true));
    probe.bind(port, "127.0.0.1", () => probe.close(() => done(false)));
  });
}
