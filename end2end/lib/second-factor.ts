// What an authenticator app shows: the six digits of RFC 6238 for a secret that was typed into it.
import { createHmac } from 'node:crypto';
import type { APIRequestContext } from '@playwright/test';

/** The code of this moment; the server's clock decides, which journeys move on. */
export async function codeOf(request: APIRequestContext, secret: string): Promise<string> {
  const { now } = (await (await request.get('/dev/clock')).json()) as { now: string };
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.parse(now) / 30_000)));
  const digest = createHmac('sha1', bytesOf(secret)).update(step).digest();
  const number = digest.readUInt32BE(digest[19]! & 0xf) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Base32, as secrets are written. */
function bytesOf(secret: string): Buffer {
  const bits = [...secret.replace(/[^A-Za-z2-7]/g, '').toUpperCase()]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
