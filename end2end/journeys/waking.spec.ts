// A page that wakes shows what it was brought. Asking for it once more would be a second page for everybody who opens one.
import { open, signIn } from '../lib/steps';
import { expect, test } from '../lib/test';

test('a page that wakes asks for nothing', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/rpc/')) asked.push(pathname);
  });
  for (const path of ['/', '/directory', '/directory/acme-cloud', '/communities/apex-circle', '/opportunities', '/events', '/sign-in']) {
    await open(page, path);
    await expect(page.locator('html[data-awake]'), path).toBeAttached();
    expect(asked, path).toEqual([]);
  }
  await signIn(page, 'ravi@apex.example', 'a calm demo passphrase');
  for (const path of ['/dashboard', '/inbox', '/people', '/manage/events', '/directory/acme-cloud']) {
    asked.length = 0;
    await open(page, path);
    await expect(page.locator('html[data-awake]'), path).toBeAttached();
    expect(asked, path).toEqual([]);
  }
});
