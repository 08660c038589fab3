// Sends tables, positions and coverage maps to the astronomer's own programs (TOPCAT, Aladin, DS9) over SAMP 1.3, web profile:
// https://www.ivoa.net/documents/SAMP/. The hub is one of these programs, on this machine; nothing is asked of it before a
// button is pressed.
(() => {
  // Always at this port (section 5.2.1); the second is the same where a browser cannot look names up.
  const hubs = ["http://localhost:21012/", "http://127.0.0.1:21012/"];
  const messages = {
    table: { mtype: "table.load.votable", params: async d => ({ url: await addressOf(d.url), name: d.name, "table-id": d.url }) },
    position: { mtype: "coord.pointAt.sky", params: d => ({ ra: d.ra, dec: d.dec }) },
    coverage: {
      mtype: "coverage.load.moc.fits",
      params: async d => ({ url: await addressOf(d.url), name: d.name, "coverage-id": d.url }),
    },
  };
  let session = null;

  class Refused extends Error {}

  // The whole address, for a program that has no cookie: the server signs it where it would not let that program in.
  async function addressOf(url) {
    const answer = await fetch(new URL(`sign?address=${encodeURIComponent(url)}`, document.baseURI));
    if (!answer.ok) throw new Refused("you are not signed in any more");
    return answer.text();
  }

  // XML-RPC knows more types; SAMP uses strings, lists and maps alone.
  function encode(value) {
    const escape = text => String(text).replace(/[&<>]/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);
    if (Array.isArray(value)) return `<value><array><data>${value.map(encode).join("")}</data></array></value>`;
    if (typeof value === "object") {
      const members = Object.entries(value).map(([k, v]) => `<member><name>${escape(k)}</name>${encode(v)}</member>`);
      return `<value><struct>${members.join("")}</struct></value>`;
    }
    return `<value><string>${escape(value)}</string></value>`;
  }

  function decode(value) {
    const typed = value.firstElementChild;
    if (typed === null) return value.textContent;
    if (typed.tagName === "array") return [...typed.querySelector("data").children].map(decode);
    if (typed.tagName === "struct") {
      return Object.fromEntries([...typed.children].map(m =>
        [m.querySelector("name").textContent, decode(m.querySelector("value"))]));
    }
    return typed.textContent;
  }

  // A call of XML-RPC; the values are encoded.
  function methodCall(method, values) {
    const params = values.map(v => `<param>${v}</param>`).join("");
    return `<?xml version="1.0"?><methodCall><methodName>samp.webhub.${method}</methodName><params>${params}</params></methodCall>`;
  }

  async function call(hub, method, ...params) {
    const body = methodCall(method, params.map(encode));
    // A text body needs no permission beyond the hub's own (CORS, simple request).
    const answer = await fetch(hub, { method: "POST", headers: { "Content-Type": "text/plain" }, body });
    const xml = new DOMParser().parseFromString(await answer.text(), "text/xml");
    const value = xml.querySelector("methodResponse > params > param > value");
    if (value !== null) return decode(value);
    const fault = xml.querySelector("methodResponse > fault > value");
    throw new Refused(fault === null ? `the hub's answer is not XML-RPC (status ${answer.status})` : decode(fault).faultString);
  }

  async function connect() {
    for (const hub of hubs) {
      let reg;
      try {
        reg = await call(hub, "register", { "samp.name": "Almagest" });
      } catch (error) {
        if (error instanceof Refused) throw error;
        continue;
      }
      const key = reg["samp.private-key"];
      const metadata = { "samp.name": "Almagest", "samp.description.text": "A discovery ledger for star catalogues" };
      await call(hub, "declareMetadata", key, metadata);
      return { hub, key };
    }
    throw new Refused("no program listens. Start TOPCAT or Aladin on this machine, then try again");
  }

  async function send(message, data) {
    session ??= await connect();
    const { hub, key } = session;
    const takers = Object.keys(await call(hub, "getSubscribedClients", key, message.mtype));
    if (takers.length === 0) throw new Refused(`no running program takes ${message.mtype}. Start TOPCAT or Aladin, then try again`);
    await call(hub, "notifyAll", key, { "samp.mtype": message.mtype, "samp.params": await message.params(data) });
    const names = await Promise.all(takers.map(async id => (await call(hub, "getMetadata", key, id))["samp.name"] ?? id));
    return [...new Set(names)].join(", ");
  }

  async function press(button) {
    const status = button.parentNode.querySelector("[role=status]");
    const message = messages[button.dataset.samp];
    button.disabled = true;
    status.textContent = "Asking for permission…";
    try {
      let taken;
      try {
        taken = await send(message, button.dataset);
      } catch (error) {
        // A hub that was started again does not know us any more.
        if (session === null) throw error;
        session = null;
        taken = await send(message, button.dataset);
      }
      status.textContent = `Sent to ${taken}.`;
    } catch (error) {
      status.textContent = `Not sent: ${error.message}.`;
    } finally {
      button.disabled = false;
    }
  }

  document.addEventListener("click", event => {
    const button = event.target.closest("[data-samp]");
    if (button) press(button);
  });

  addEventListener("pagehide", () => {
    if (session === null) return;
    const { hub, key } = session;
    session = null;
    const body = methodCall("unregister", [encode(key)]);
    fetch(hub, { method: "POST", keepalive: true, headers: { "Content-Type": "text/plain" }, body }).catch(() => {});
  });
})();
