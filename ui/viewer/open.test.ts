import { armor, Encrypter } from "age-encryption";
import { beforeAll, describe, expect, it } from "vitest";
import { canonical, openPack, payloadOf, type Payload } from "./open";
import { FORMAT, fromJson } from "./pack";

const PHRASE = "верный пароль";

async function sealed(text: string): Promise<Payload> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(PHRASE);
  encrypter.setScryptWorkFactor(2);
  const armour = armor.encode(await encrypter.encrypt(text));
  return { armour, checksum: await sha256(armour) };
}

async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Buffer.from(hash).toString("hex");
}

const PACK = JSON.stringify({ "letopis-pack": FORMAT, lang: "ru", manager: "Анна", clients: [{ title: "Промстрой" }] });

describe("a pack", () => {
  let payload: Payload;
  beforeAll(async () => {
    payload = await sealed(PACK);
  });

  it("opens with its passphrase, spaces around it or not", async () => {
    expect((await openPack(payload, ` ${PHRASE}\n`)).clients[0]?.title).toBe("Промстрой");
  });
  it("tells a wrong passphrase from damage", async () => {
    await expect(openPack(payload, "не тот")).rejects.toMatchObject({ fault: "wrong-passphrase" });
  });
  it("never opens with a changed byte, even if the checksum is forged", async () => {
    for (let at = 40; at < payload.armour.length; at += 7) {
      const other = payload.armour[at] === "A" ? "B" : "A";
      const armour = payload.armour.slice(0, at) + other + payload.armour.slice(at + 1);
      await expect(openPack({ ...payload, armour }, PHRASE)).rejects.toMatchObject({ fault: "damaged" });
      await expect(openPack({ armour, checksum: await sha256(armour) }, PHRASE)).rejects.toBeInstanceOf(Error);
    }
  });
  it("is refused when it is of another format", async () => {
    for (const text of ["[]", "null", "{", '{"letopis-pack":2,"clients":[]}', '{"letopis-pack":1}']) {
      await expect(openPack(await sealed(text), PHRASE)).rejects.toMatchObject({ fault: "not-a-pack" });
    }
  });
});

describe("the page", () => {
  it("is told apart: no payload, cut short, whole", () => {
    const page = (html: string) => new DOMParser().parseFromString(html, "text/html");
    const open = '<script type="text/plain" id="payload">\n-----BEGIN';
    const check = (html: string) => () => payloadOf(page(html));
    expect(check("<p>")).toThrow(expect.objectContaining({ fault: "not-a-pack" }));
    expect(check(open)).toThrow(expect.objectContaining({ fault: "cut-short" }));
    const whole = `${open}\n</script><script type="text/plain" id="payload-sha256">${"0".repeat(64)}</script>`;
    expect(payloadOf(page(whole)).armour).toBe("-----BEGIN\n");
  });
});

describe("passphrase", () => {
  it("has one spelling", () => expect(canonical(" чужои\u0306 ")).toBe("чужой"));
});

describe("json", () => {
  it("fills what is absent", () => {
    const client = fromJson('{"letopis-pack":1,"clients":[{}]}')?.clients[0];
    expect(client?.messages).toEqual([]);
    expect(client?.promises).toEqual([]);
  });
});
