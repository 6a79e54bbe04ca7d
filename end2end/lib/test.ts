// What every journey imports instead of Playwright's own `test`: each test is a client with an address of its own, so
// that the rate limits, which are really on, count it alone. A page that breaks its promises fails its test.
import { createHash } from 'node:crypto';
import { test as base } from '@playwright/test';

export { expect } from '@playwright/test';

export const test = base.extend<{ keepsItsPromises: void }>({
  extraHTTPHeaders: async ({}, use, info) => {
    await use({ 'x-forwarded-for': clientAddress(info.file + '\n' + info.titlePath.join('\n')) });
  },

  // An exception in a script, or anything that the content security policy had to stop, is a defect on any page.
  keepsItsPromises: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      context.on('weberror', (problem) => complaints.push(`exception: ${problem.error().message}`));
      context.on('console', (message) => {
        if (/content security policy/i.test(message.text())) complaints.push(message.text());
      });
      await use();
      base.expect(complaints, 'exceptions and policy violations in the browser').toEqual([]);
    },
    { auto: true },
  ],
});

// One of 16 million private addresses, the same one whenever the same test runs.
function clientAddress(name: string): string {
  const digest = createHash('sha256').update(name).digest();
  return `10.${digest[0]}.${digest[1]}.${1 + (digest[2]! % 254)}`;
}
