// Names without a place to break, and names that are read from the right: every page that shows them stays as wide as its
// window, cuts none of them off, and keeps what stands beside a name in its order.
import type { Browser, Page } from '@playwright/test';
import { asked, offered, published } from '../lib/prepared';
import { fresh, open, staffPage, type Somebody } from '../lib/steps';
import { expect, market, newcomer, test } from '../lib/world';

const WIDTHS = [360, 768, 1280];

/** A mark that makes a name its own, without a space in it. */
const mark = (): string => fresh('').trim();

interface Names {
  company: string;
  community: string;
  event: string;
}

/** A market of one company, one community and one event, with a request between them. */
async function tourOf(browser: Browser, names: Names) {
  const at = mark();
  const acme: Somebody = { name: 'Asha Journey', email: `asha@acme-${at}.example`, company: names.company, domain: `acme-${at}.example` };
  const apex: Somebody = { name: 'Ravi Journey', email: `ravi@apex-${at}.example`, company: names.community, domain: `apex-${at}.example` };
  const { sponsor, community: owner } = await market(browser, acme, apex);
  const event = await published(owner, names.event);
  const id = await offered(owner, event);
  const [managed, opportunity, offer] = [`/manage/events/${event.id}`, `/manage/opportunities/${id}`, `/opportunities/${id}`];
  const request = `/requests/${await asked(sponsor, id, 250_000, 'We bring two mentors and a prize.')}`;
  const [visitor, staff] = [await newcomer(browser), await staffPage(browser)];
  // Lists follow a moment later.
  const link = async (list: string, name: string) => {
    const found = visitor.locator('main').getByRole('link', { name, exact: true }).first();
    await expect(async () => {
      await open(visitor, `${list}?q=${encodeURIComponent(name)}`);
      await expect(found).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 30_000 });
    return (await found.getAttribute('href'))!;
  };
  const [profile, page] = [await link('/directory', names.company), await link('/events', names.event)];
  await open(visitor, page);
  const home = (await visitor.locator('main a[href^="/communities/"]').first().getAttribute('href'))!;
  const slug = profile.split('/').pop()!;
  const tour: [Page, string[]][] = [
    [visitor, ['/', `/opportunities?q=${encodeURIComponent(names.event)}`, offer, profile, `/claim/${slug}`, page, home, `/directory/compare?o=${slug}`]],
    [owner, ['/dashboard', '/inbox', request, '/manage/events', managed, `${managed}/edit`, '/manage/opportunities', opportunity, `${opportunity}/decisions`,
      '/community/profile', '/community/embeds', '/people', '/notifications', '/api-keys', '/export', '/workspace/security', profile, `/requests/new?organization=${slug}`]],
    [sponsor, ['/dashboard', '/inbox', request, '/organization/profile', '/organization/domain', '/people', '/notifications', '/workspace/security', offer, profile]],
    [staff, ['/staff/organizations?part=all', '/staff/communities']],
  ];
  return { tour, offer, event: page, home, visitor };
}

/** Words of a name that are drawn where nobody sees them: outside of the window, or behind an edge that says nothing of more. */
async function cutOff(page: Page, words: string[]): Promise<string[]> {
  return page.evaluate((words) => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode as Text;
      const holder = text.parentElement!;
      if (!words.some((word) => text.data.includes(word)) || holder.closest('script, style, textarea, option, .visually-hidden, pre')) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      let [from, to] = [0, window.innerWidth];
      for (let box: Element | null = holder; box && box !== document.body; box = box.parentElement) {
        const style = getComputedStyle(box);
        // What scrolls, or ends with three dots, says that there is more.
        if (/auto|scroll/.test(style.overflowX) || style.textOverflow === 'ellipsis') [from, to] = [-Infinity, Infinity];
        else if (/hidden|clip/.test(style.overflowX)) [from, to] = [Math.max(from, box.getBoundingClientRect().left), Math.min(to, box.getBoundingClientRect().right)];
      }
      for (const line of range.getClientRects()) {
        if (line.width > 0 && (line.left < from - 1 || line.right > to + 1)) {
          found.push(`${holder.tagName.toLowerCase()}.${holder.className}: ${text.data.slice(0, 40)}`);
          break;
        }
      }
    }
    return found;
  }, words);
}

/**
 * Names that turn what stands beside them. A name that is all of its element's text keeps to itself, or an element around it on
 * the same line does; where words of ours follow a name, it has an element of its own, or commas, dates and cities change places.
 */
async function loose(page: Page, names: string[]): Promise<string[]> {
  return page.evaluate((names) => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.querySelector('main')!, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode as Text;
      const holder = text.parentElement!;
      const words = text.data.trim();
      const name = names.find((name) => words.startsWith(name));
      if (!name || holder.closest('script, style, textarea, option, .visually-hidden, pre, code')) continue;
      let apart = false;
      for (let box: Element | null = holder; box && !apart; box = box.parentElement) {
        const style = getComputedStyle(box);
        const inline = style.display.startsWith('inline');
        // A `bdi` that is a box of its own (in a row of tabs) is no longer inline, and apart all the same.
        apart = box.localName === 'bdi' || style.unicodeBidi === 'plaintext' || box.getAttribute('dir') === 'auto' || (inline && style.unicodeBidi === 'isolate');
        if (!inline) break;
      }
      if ((words === name && !apart) || words.startsWith(`${name},`)) found.push(`${holder.tagName.toLowerCase()}.${holder.className}: ${words.slice(0, 80)}`);
    }
    return found;
  }, names.filter((name) => /^[\u0590-\u08ff]/.test(name)));
}

/**
 * Sentences of ours that hold a name which is read from the right without keeping it apart. A name that is all of its text is the
 * business of its element; inside a sentence marks stand around it, which nobody sees.
 */
async function bare(page: Page, names: string[]): Promise<string[]> {
  return page.evaluate((names) => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.querySelector('main')!, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode as Text;
      const words = text.data.trim();
      if (text.parentElement!.closest('script, style, textarea, pre, code, bdi, blockquote')) continue;
      const left = names.reduce((left, name) => left.replaceAll(`\u2068${name}\u2069`, ''), words);
      if (names.some((name) => left !== name && left.includes(name))) found.push(words.slice(0, 80));
    }
    return found;
  }, names.filter((name) => /^[\u0590-\u08ff]/.test(name)));
}

test('long names and names that are read from the right leave a page as wide and as ordered as it was', async ({ browser }) => {
  test.setTimeout(300_000);
  const word = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
  const names = {
    company: `${word}${mark()}`,
    community: `مجتمع المطورين ${mark()} في الدار البيضاء`,
    event: `ملتقى 2027: Rust & ${word} ${mark()}!`,
  };
  const { tour, offer, event, home, visitor } = await tourOf(browser, names);
  // What is told of them, and what is headed by them, in words of ours.
  const sentences = ['/dashboard', '/inbox', '/people', '/notifications', '/export', '/workspace/security', '/api-keys'];
  let told = 0;
  // All of what is wrong is said at once; nobody waits for the others.
  const walk = async (page: Page, paths: string[]) => {
    for (const path of paths) {
      await open(page, path);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect.soft(wide, `${path} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
        expect.soft(await cutOff(page, [word]), `names that are cut off on ${path} at ${width}`).toEqual([]);
      }
      expect.soft(await loose(page, Object.values(names)), `names on ${path} that run into what stands beside them`).toEqual([]);
      if (sentences.includes(path) || path.startsWith('/requests/')) {
        expect.soft(await bare(page, Object.values(names)), `sentences on ${path} that a name turns around`).toEqual([]);
        const words = await page.getByRole('main').innerText();
        told += words.split(`\u2068${names.event}\u2069`).length - 1;
      }
    }
  };
  await Promise.all(tour.map(([page, paths]) => walk(page, paths)));
  expect(told, 'the event is named in sentences').toBeGreaterThan(0);
  // The first heading begins at the edge of its picture and its facts.
  for (const path of [offer, event, home]) {
    await open(visitor, path);
    const off = await visitor.getByRole('heading', { level: 1 }).evaluate((heading) => {
      const words = document.createRange();
      words.selectNodeContents(heading);
      return Math.min(...[...words.getClientRects()].map((line) => line.left)) - heading.getBoundingClientRect().left;
    });
    expect.soft(Math.abs(off), `the first heading of ${path} stands away from its edge`).toBeLessThan(4);
  }
});
