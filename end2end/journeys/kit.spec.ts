// Every component in every state, as a picture: what a change of style changes shows here. Words that need letters of the
// system (Arabic, emoji) are looked at for their room only, since every machine draws them in its own way; what stands from right to
// left is a picture in our own letters.
import { expectAccessible } from '../lib/axe';
import { expect, test } from '../lib/world';

const PARTS = ['actions', 'fields', 'refused', 'found', 'compared', 'labels', 'rows', 'ways', 'messages', 'waiting', 'room', 'mirrored'];

for (const theme of ['light', 'dark'] as const) {
  test(`the kit, ${theme}`, async ({ page }) => {
    test.setTimeout(180_000);
    await page.setViewportSize({ width: 800, height: 900 });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`/dev/kit?theme=${theme}`);
    await page.evaluate(() => document.fonts.ready);
    for (const part of PARTS) {
      await expect.soft(page.locator(`#${part}`)).toHaveScreenshot(`${part}-${theme}.png`, {
        animations: 'disabled',
        maxDiffPixelRatio: 0.02,
        threshold: 0.25,
      });
    }
    // And axe finds nothing in any state of any component.
    await page.setViewportSize({ width: 1280, height: 800 });
    await expectAccessible(page);
  });
}

test('the kit fits every width, with any words', async ({ page }) => {
  await page.goto('/dev/kit');
  for (const width of [320, 360, 768, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide, `the kit scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
  }
});
