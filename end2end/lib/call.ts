// What a walk needs and does not walk itself, asked of the API by whoever is signed in.
import type { Page } from '@playwright/test';
import { address } from './server';
import { expect } from './test';

export async function call<Answer = { id: string; state: string }>(page: Page, method: string, path: string, data?: object): Promise<Answer> {
  const ask = () => page.request.fetch(`/api/v1${path}`, { method, headers: { origin: address }, data });
  let answer = await ask();
  // Where everybody hashes a password at once, some are asked to come again.
  for (let again = 0; answer.status() === 503 && again < 4; again += 1) {
    await page.waitForTimeout(2_000);
    answer = await ask();
  }
  expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
  return ((await answer.json()) as { data: Answer }).data;
}
