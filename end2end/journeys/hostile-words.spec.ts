// Markup in every field where people write, filled in through the forms, and every page that shows it, in a real browser:
// nothing runs, nothing had to be stopped by the content security policy, and the words stand there as they were typed.
//
// `HOSTILE=all` takes every payload in every field (the long form); otherwise each field gets the next one.
import type { BrowserContext, Page } from '@playwright/test';
import { mailsTo } from '../lib/mailbox';
import { active, cameIn, offered, published } from '../lib/prepared';
import { approveCommunity, awake, fresh, LOGO, open, slug, somebody, staffPage, verifyOrganization } from '../lib/steps';
import { expect, newcomer, test } from '../lib/world';

const PAYLOADS = [
  '<img src=x onerror=broke()>',
  '"><svg onload=broke()>',
  "' autofocus onfocus='broke()",
  '</script><script>broke()</script>',
  '</textarea><iframe srcdoc="<script>parent.broke()</script>">',
  '[a](javascript:broke()) ![b](x"onerror="broke())',
  '<a href=javascript:broke()>a</a>{{broke()}}${broke()}',
];

let turn = 0;
/** Words for a field: the next payload, or all of them where they fit. */
function words(before = '', most = 10_000): string {
  const text = `${before} ${PAYLOADS[turn % PAYLOADS.length]}`.trim();
  turn += 1;
  const all = `${before} ${PAYLOADS.join(' ')}`.trim();
  return process.env.HOSTILE === 'all' && all.length <= most ? all : text.slice(0, most);
}

/** Whoever runs one of our payloads leaves a mark, and so does a dialog. */
async function guard(context: BrowserContext, marks: string[]): Promise<void> {
  await context.exposeFunction('broke', () => {
    marks.push('a payload ran');
  });
  context.on('page', (page) => page.on('dialog', async (dialog) => {
    marks.push(`a dialog: ${dialog.message()}`);
    await dialog.dismiss();
  }));
}

test('what people write stays words, on every page and in every letter', async ({ browser }) => {
  test.setTimeout(240_000);
  const marks: string[] = [];
  const people: Page[] = [];
  const person = async () => {
    const page = await newcomer(browser);
    await guard(page.context(), marks);
    page.on('dialog', async (dialog) => {
      marks.push(`a dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    people.push(page);
    return page;
  };
  const [sponsor, owner] = [await person(), await person()];
  const acme = somebody('Asha', fresh('Hostile Acme'));
  const apex = somebody('Ravi', fresh('Hostile Apex'));
  // Names of companies have no such characters; their other words do.
  const company = acme.company;
  const community = `${apex.company} ${words('', 40)}`;

  // A company, with markup in every field that takes prose.
  await open(sponsor, '/become-sponsor');
  await sponsor.getByRole('radio', { name: /^Sponsor You give/ }).check();
  await sponsor.getByLabel('Company name').fill(company);
  await sponsor.getByLabel('Logo').setInputFiles(LOGO);
  await sponsor.getByLabel('Website').fill(`https://www.${acme.domain}/`);
  await sponsor.getByLabel('Official e-mail').fill(acme.email);
  await sponsor.getByLabel('Your name').fill(acme.name);
  await sponsor.getByLabel('Industry').selectOption('Cloud and infrastructure');
  await sponsor.getByRole('button', { name: 'Continue' }).click();
  await expect(sponsor.getByText('Step 2 of 3')).toBeVisible();
  await awake(sponsor);
  await sponsor.getByLabel('Budget range').selectOption('INR:200000-500000');
  await sponsor.getByRole('checkbox', { name: 'Cash' }).check();
  await sponsor.getByLabel('What should communities know?').fill(words('We make clouds.', 280));
  await sponsor.getByRole('button', { name: 'Continue' }).click();
  await expect(sponsor.getByText('Step 3 of 3')).toBeVisible();
  await awake(sponsor);
  await sponsor.getByRole('button', { name: /Send/ }).click();
  await expect(sponsor.getByRole('heading', { level: 1 })).toContainText(/application|sent|thank/i);
  await cameIn(sponsor, acme.email);

  // A community.
  await open(owner, '/join');
  await owner.getByLabel('Name', { exact: true }).fill(community);
  await owner.getByLabel('What you do, and for whom').fill(words('We build together on weekends, and everybody shows what they made.'));
  await owner.getByLabel('What sort of community').selectOption('Hackathon organizer');
  await owner.getByLabel('City').fill(words('Pune', 60));
  await owner.getByLabel('Country').fill('India');
  await owner.getByLabel('Website').fill(`https://${apex.domain}`);
  await owner.getByLabel('Official e-mail address').fill(`hello@${apex.domain}`);
  await owner.getByLabel('Phone').fill('+91 98765 43210');
  await owner.getByLabel('Your full name').fill(apex.name);
  await owner.getByLabel('Your e-mail address').fill(apex.email);
  await owner.getByRole('button', { name: 'Sign up' }).click();
  await expect(owner).toHaveURL(/\/join\/sent/);
  await cameIn(owner, apex.email, 'verify-email');

  const staff = await staffPage(browser, 'omar@commdesk.example');
  await guard(staff.context(), marks);
  people.push(staff);
  await verifyOrganization(staff, company);
  await approveCommunity(staff, community);
  await active(owner, apex.email);

  // The company's own page, the person, the event, the opportunity, the offer and its refusal.
  await open(sponsor, '/organization/profile');
  await sponsor.getByLabel('Legal name').fill(words('Acme Ltd', 100));
  await sponsor.getByLabel('Long description').fill(words('# We\n\nmake clouds.'));
  await sponsor.getByLabel(/^How others describe you/).fill(words('Clouds since ever.', 500));
  await sponsor.getByRole('main').getByRole('button', { name: /^Save/ }).first().click();
  await expect(sponsor.getByText('Your profile is up to date.')).toBeVisible();
  const event = fresh('HostileConf');
  const made = await published(owner, event);
  const managed = `/manage/events/${made.id}`;
  await open(owner, `${managed}/edit`);
  await owner.getByLabel('Subtitle').fill(words('One day', 120));
  await owner.getByLabel('Description').fill(words('Talks and more.\n\n'));
  await owner.getByLabel(/^Venue/).fill(words('Hall', 100));
  await owner.getByRole('main').getByRole('button', { name: 'Save', exact: true }).click();
  await owner.waitForURL((url) => !url.pathname.endsWith('/edit'));
  await awake(owner);
  const offer = await offered(owner, made);
  const opportunity = `/manage/opportunities/${offer}`;
  await open(sponsor, `/opportunities/${offer}`);
  await sponsor.getByLabel('What you offer').fill('2,50,000');
  await sponsor.getByLabel('Message').fill(words('Please.'));
  await sponsor.getByRole('button', { name: 'Send application' }).click();
  await expect(sponsor).toHaveURL(/\/requests\/[0-9a-f]/);
  const request = new URL(sponsor.url()).pathname;
  await open(owner, request);
  await owner.getByText('Decline', { exact: true }).click();
  await owner.getByLabel('Why').selectOption('Budget');
  await owner.getByLabel('Note').fill(words('Not now.'));
  await owner.getByRole('button', { name: 'Decline offer' }).click();
  await expect(owner.getByRole('button', { name: 'Decline offer' })).toHaveCount(0);
  await awake(owner);
  await open(owner, `${managed}/partners/new`);
  await owner.getByLabel(/^Name/).fill(words('Somebody new', 60));
  // Taken or refused, it was answered.
  const answered = owner.waitForResponse((answer) => answer.request().method() === 'POST');
  await owner.getByRole('main').getByRole('button', { name: 'Add to the page' }).click();
  await answered;
  await awake(owner);

  // Refusals show what was typed.
  await open(sponsor, `/directory?q=${encodeURIComponent(PAYLOADS.join(' '))}`);
  await open(sponsor, `/events?q=${encodeURIComponent(PAYLOADS[1]!)}`);
  await open(sponsor, `/opportunities?q=${encodeURIComponent(PAYLOADS[3]!)}`);
  await open(sponsor, `/sign-in?next=${encodeURIComponent('javascript:broke()')}`);
  await open(owner, `/inbox?q=${encodeURIComponent(PAYLOADS[0]!)}`);

  // Everybody opens everything that shows it.
  const shared = ['/directory', '/events', '/opportunities', `/events/${slug(event)}`, `/opportunities/${offer}`];
  const nobody = await person();
  const tour: [Page, string[]][] = [
    [nobody, [...shared, '/']],
    [sponsor, [...shared, '/dashboard', '/inbox', '/inbox?tab=history', request, '/organization/profile', '/notifications', '/people', '/account']],
    [owner, ['/dashboard', '/inbox', '/inbox?tab=history', request, '/manage/events', managed, `${managed}/edit`, '/manage/opportunities', opportunity,
      `${opportunity}/decisions`, '/community/profile', '/community/embeds', '/notifications', '/people']],
    [staff, ['/staff/organizations', '/staff/communities', '/staff/requests', '/staff/reports', '/staff/changes']],
  ];
  let shown = 0;
  await Promise.all(
    tour.map(async ([page, paths]) => {
      for (const path of paths) {
        await open(page, path);
        if ((await page.locator('body').innerText()).includes('broke()')) shown += 1;
      }
    }),
  );
  // By their links, where an address is made from a hostile name.
  await open(nobody, '/directory?q=Hostile');
  const profile = await nobody.locator('main a[href^="/directory/"]').filter({ hasText: 'Hostile Acme' }).first().getAttribute('href');
  await open(nobody, profile!);
  await open(nobody, `/events/${slug(event)}`);
  const home = await nobody.locator('a[href^="/communities/"]').first().getAttribute('href');
  await open(nobody, home!);
  expect(shown, 'pages that show the words').toBeGreaterThan(8);

  // And the letters, as a mail program without a policy would render them.
  const mailer = await browser.newContext();
  await guard(mailer, marks);
  const letters = await mailer.newPage();
  for (const to of [acme.email, apex.email]) {
    for (const mail of await mailsTo(owner.context().request, to)) {
      if (mail.html) await letters.setContent(mail.html);
    }
  }
  await letters.waitForTimeout(300);
  await mailer.close();
  expect(marks).toEqual([]);
});
