// TLS for a test: a certificate that nobody trusts, and a proxy that ends TLS before a server.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer, type Server } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificate {
  key: Buffer;
  cert: Buffer;
}

export function certificate(): Certificate {
  const dir = mkdtempSync(join(tmpdir(), "ringside-tls-"));
  const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", [...made, "-subj", "/CN=ringside test", "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** A website of one page. */
export function website(tls: Certificate, html: string): Server {
  return createServer(tls, (_, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end(html);
  });
}

/** Hands everything on to `port()`, sockets too, as a reverse proxy does. */
export function proxy(tls: Certificate, port: () => number): Server {
  const server = createServer(tls, (asked, answer) => {
    const { method, url, headers } = asked;
    const onward = request({ host: "127.0.0.1", port: port(), method, path: url, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    onward.once("error", () => answer.destroy());
    asked.pipe(onward);
  });
  server.on("upgrade", (asked, socket, head) => {
    const onward = connect(port(), "127.0.0.1", () => {
      const lines = [`${asked.method} ${asked.url} HTTP/1.1`];
      for (let i = 0; i < asked.rawHeaders.length; i += 2) lines.push(`${asked.rawHeaders[i]}: ${asked.rawHeaders[i + 1]}`);
      onward.write(`${lines.join("\r\n")}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  return server;
}
