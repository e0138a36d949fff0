import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { CAMERA_POLICY, cameraSource } from "../../../src/server/intake/camera-url.ts";
import { testCamera } from "../../../src/server/intake/test-camera.ts";

const answers = (address: string) => async () => [{ address, family: address.includes(":") ? 6 : 4 }];
const LAN = answers("192.168.1.20");

const refused = [
  "",
  "file:///etc/passwd",
  "FILE:///etc/passwd",
  "/etc/passwd",
  "clip.mp4",
  "/dev/sda",
  "/dev/video0/../sda",
  "gopher://192.168.1.20:70/_GET",
  "concat:a|b",
  "subfile,,start,0,end,0,,:/etc/passwd",
  "tcp://192.168.1.20:22",
  "udp://239.0.0.1:1234",
  "data:text/plain,x",
  "rtsp://127.0.0.1/1",
  "rtsp://localhost/1",
  "rtsp://2130706433/1",
  "rtsp://0177.1/1",
  "rtsp://0x7f.0.0.1/1",
  "rtsp://[::1]/1",
  "rtsp://[::ffff:169.254.169.254]/1",
  "http://169.254.169.254/latest/meta-data/",
  "http://2852039166/latest/meta-data/",
  "http://[fd00:ec2::254]/",
  "http://[fe80::1]/",
  "http://0.0.0.0/",
  "rtsp://camera@169.254.169.254/1",
  "http://169.254.169.254#@camera/1",
  "http://camera\\@169.254.169.254/1",
  "http://169.254.169.254\\@camera/1",
  "http://169.254.169.254/?@camera/1",
  "rtsp://camera /1",
  "rtsp://camera\r\nX: y/1",
  "rtsp://",
  "rtsp://:554/1",
  "rtsp://camera:999999/1",
];
for (const url of refused) {
  test(`cameraSource refuses ${JSON.stringify(url)}`, async () => {
    const lookup = async (host: string) =>
      host === "camera" ? LAN() : (await import("node:dns/promises")).lookup(host, { all: true });
    await assert.rejects(cameraSource(url, CAMERA_POLICY, lookup), (error: Error & { code?: string }) =>
      /^(ADDRESS_REFUSED|ADDRESS_UNKNOWN|OPTION_INVALID)$/.test(error.code ?? ""),
    );
  });
}

const allowed = [
  { name: "RTSP goes to the address that was checked", url: "rtsp://admin:p%40ss@camera:554/1?a=b", expected: "rtsp://admin:p%40ss@192.168.1.20:554/1?a=b" },
  { name: "a password with an @ stays whole", url: "rtsp://admin:p@ss@camera/1", expected: "rtsp://admin:p@ss@192.168.1.20/1" },
  { name: "an address stays", url: "rtsp://10.0.0.5/stream", expected: "rtsp://10.0.0.5/stream" },
  { name: "a scheme in capitals", url: "RTSP://camera/Path", expected: "rtsp://192.168.1.20/Path" },
  { name: "IPv6 in brackets", url: "rtsp://[fd12::1]:554/1", expected: "rtsp://[fd12::1]:554/1" },
  { name: "HTTP keeps the name its server needs", url: "https://camera/live.m3u8", expected: "https://camera/live.m3u8" },
  { name: "a webcam", url: "/dev/video0", expected: "/dev/video0" },
]; // biome-ignore format: one case a line
for (const { name, url, expected } of allowed) {
  test(`cameraSource: ${name}`, async () => assert.equal(await cameraSource(url, CAMERA_POLICY, LAN), expected));
}

test("cameraSource: loopback and other networks are cameras only as configured, metadata never", async () => {
  const policy = { networks: ["127.0.0.0/8", "169.254.0.0/16"], allowFiles: true };
  assert.equal(await cameraSource("rtsp://127.0.0.1/1", policy), "rtsp://127.0.0.1/1");
  assert.equal(await cameraSource("clip.mp4", policy), "clip.mp4");
  await assert.rejects(cameraSource("rtsp://192.168.1.20/1", policy), { code: "ADDRESS_REFUSED" });
  await assert.rejects(cameraSource("rtsp://169.254.169.254/1", policy), { code: "ADDRESS_REFUSED" });
  await assert.rejects(cameraSource("file:///etc/passwd", policy), { code: "ADDRESS_REFUSED" });
});

test("cameraSource: what is refused is named without its password", async () => {
  await assert.rejects(cameraSource("gopher://admin:hunter2@camera/1", CAMERA_POLICY, LAN), (error: Error) => {
    assert.ok(!error.message.includes("hunter2"));
    return true;
  });
});

test("testCamera: a camera that takes the connection and says nothing is given up in time", {
  timeout: 20_000,
}, async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as import("node:net").AddressInfo;
  const startMs = Date.now();
  const policy = { networks: ["127.0.0.0/8"], allowFiles: false };
  const told = await testCamera(`rtsp://127.0.0.1:${port}/1`, policy, { timeoutMs: 1000 });
  server.close();
  assert.equal(told.ok, false);
  assert.match(told.message!, /no picture within 1 s|silent|cannot be reached/);
  assert.ok(Date.now() - startMs < 10_000);
});
