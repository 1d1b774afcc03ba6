// Signing in by a passkey: the browser asks the authenticator, the form carries its answer.
const form = document.querySelector("[data-passkey]");
const button = document.querySelector("#passkey_login");

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function request(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: (options.allowCredentials ?? []).map((one) => ({ ...one, id: bytes(one.id) })),
  };
}

function answer(credential) {
  const { response } = credential;
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      authenticatorData: text(response.authenticatorData),
      clientDataJSON: text(response.clientDataJSON),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  });
}

async function signIn(event) {
  event.preventDefault();
  button.setAttribute("aria-busy", "true");
  try {
    const asked = await fetch(form.action, { headers: { Accept: "application/json" } });
    const { request_options: options } = await asked.json();
    const credential = await navigator.credentials.get({ publicKey: request(options.publicKey) });
    form.querySelector("[name=credential]").value = answer(credential);
    form.submit();
  } catch {
    button.removeAttribute("aria-busy"); // Cancelled: the other ways are still there.
  }
}

if (form && window.PublicKeyCredential) {
  button.hidden = false;
  button.addEventListener("click", signIn);
}
