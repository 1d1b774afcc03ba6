// Sums that cost a browser a moment and a flood of forms a fortune: a number that makes the
// SHA-256 of the page's key begin with zeros. Own code, since browsers lend theirs only to https.
const K = new Uint32Array(64), START = new Uint32Array(8);
{
  const frac = (x) => (x - Math.floor(x)) * 4294967296 >>> 0;
  let n = 2, found = 0;
  while (found < 64) {
    let prime = true;
    for (let i = 2; i * i <= n; i += 1) if (n % i === 0) { prime = false; break; }
    if (prime) { if (found < 8) START[found] = frac(Math.sqrt(n)); K[found] = frac(Math.cbrt(n)); found += 1; }
    n += 1;
  }
}
const W = new Uint32Array(64);
function firstWord(text) {
  const bytes = new TextEncoder().encode(text);
  const blocks = ((bytes.length + 8) >> 6) + 1;
  const data = new Uint8Array(blocks * 64);
  data.set(bytes); data[bytes.length] = 0x80;
  new DataView(data.buffer).setUint32(data.length - 4, bytes.length * 8);
  const view = new DataView(data.buffer);
  const h = START.slice();
  for (let at = 0; at < data.length; at += 64) {
    for (let i = 0; i < 16; i += 1) W[i] = view.getUint32(at + i * 4);
    for (let i = 16; i < 64; i += 1) {
      const a = W[i - 15], b = W[i - 2];
      W[i] = W[i - 16] + W[i - 7] + ((a >>> 7 | a << 25) ^ (a >>> 18 | a << 14) ^ a >>> 3) + ((b >>> 17 | b << 15) ^ (b >>> 19 | b << 13) ^ b >>> 10);
    }
    let [a, b, c, d, e, f, g, k] = h;
    for (let i = 0; i < 64; i += 1) {
      const t = (k + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + W[i]) >>> 0;
      const u = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c)) >>> 0;
      k = g; g = f; f = e; e = (d + t) >>> 0; d = c; c = b; b = a; a = (t + u) >>> 0;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += k;
  }
  return h[0];
}
let proving;
// The proof for the key of a page; begun once, in slices so that typing stays smooth.
globalThis.proofOf = (page, bits) => {
  proving ??= new Promise((done) => {
    const key = JSON.parse(atob(page.split(':')[0].replaceAll('-', '+').replaceAll('_', '/').padEnd(Math.ceil(page.split(':')[0].length / 4) * 4, '='))).k;
    let n = 0;
    const slice = () => {
      const end = performance.now() + 12;
      while (performance.now() < end) { if (firstWord(`${key}:${n}`) >>> (32 - bits) === 0) { done(String(n)); return; } n += 1; }
      setTimeout(slice);
    };
    slice();
  });
  return proving;
};
