// The main line to a logo on the event's page, both ways in: a sponsor applies (from an application and a registration on), and a
// community asks (from where both are here already). The first way once more with scripts off, and on a phone.
import { isListed, published } from '../lib/prepared';
import { acceptFromInbox, awake, bothSides, fresh, logoStands, open, openOpportunity, publishEvent, slug } from '../lib/steps';
import { expect, fits, market, test, thumb } from '../lib/world';

test('a sponsor applies, the community accepts, the logo stands on the event page', async ({ browser, page }) => {
  test.setTimeout(240_000);
  const { sponsor, community, acme, apex } = await bothSides(browser);
  const event = fresh('HackFest');
  await publishEvent(community, event);
  await openOpportunity(community, event);

  await open(sponsor, '/opportunities');
  await sponsor.getByRole('searchbox').first().fill(event);
  await sponsor.getByRole('button', { name: 'Search' }).click();
  await sponsor.waitForURL(/\?.*=/);
  await awake(sponsor);
  await sponsor.getByRole('link', { name: event, exact: true }).first().click();
  await awake(sponsor);
  await expect(sponsor.getByText('₹2L – ₹5L').first()).toBeVisible();
  await sponsor.getByLabel('What you offer').fill('3,50,000');
  await sponsor.getByLabel('Message').fill('We want to run the workshop.');
  await sponsor.getByRole('button', { name: 'Send application' }).click();
  await expect(sponsor).toHaveURL(/\/requests\//);

  await acceptFromInbox(community, acme.company);

  await open(page, `/events/${slug(event)}`);
  const tile = await logoStands(page, acme.company);
  await expect(tile).toHaveAttribute('href', new RegExp(acme.domain));
  await expect(page.getByRole('heading', { name: 'Platinum Sponsor' })).toBeVisible();
  // Both were told.
  await open(sponsor, '/notifications');
  await expect(sponsor.getByRole('main')).toContainText(apex.company);
});

test('a community finds a sponsor in the directory and asks, the sponsor accepts from its inbox', async ({ browser, page }) => {
  test.setTimeout(240_000);
  const { sponsor, community, acme, apex } = await market(browser);
  const { title: event } = await published(community, fresh('RustDay'));
  await isListed(community, acme.company);

  await open(community, '/directory');
  await community.getByRole('main').locator('input[type="search"]').fill(acme.company);
  await community.getByRole('button', { name: 'Search' }).click();
  await community.waitForURL(/\?.*=/);
  await awake(community);
  await community.getByRole('link', { name: acme.company, exact: true }).click();
  await expect(community.getByRole('heading', { level: 1 })).toHaveText(acme.company);
  await community.getByRole('link', { name: /request|support|ask/i }).first().click();
  await expect(community).toHaveURL(/\/requests\/new/);
  await awake(community);
  const choice = community.getByLabel('Event', { exact: true }).locator('option', { hasText: event });
  await community.getByLabel('Event', { exact: true }).selectOption((await choice.getAttribute('value'))!);
  await community.getByLabel(/^As what they stand/).selectOption('Gold Sponsor');
  // Until when it stands is said on the event's clocks.
  await expect(community.getByLabel('Your offer stands until')).toHaveAccessibleDescription(/The end of this day in \w+/);
  // Commas come as one types, where people of the currency put them, and the caret stays with its digits.
  const amount = community.getByLabel('Amount');
  await amount.pressSequentially('500000');
  await expect(amount).toHaveValue('5,00,000');
  for (let step = 0; step < 4; step += 1) await amount.press('ArrowLeft');
  await amount.press('7');
  await expect(amount).toHaveValue('50,07,000');
  await amount.press('Backspace');
  await expect(amount).toHaveValue('5,00,000');
  // Over a comma the digit before it is meant.
  await amount.press('ArrowRight');
  await amount.press('Backspace');
  await expect(amount).toHaveValue('50,000');
  await amount.fill('1200000');
  await community.getByLabel('Currency').selectOption('USD');
  await expect(amount).toHaveValue('1,200,000');
  await community.getByLabel('Currency').selectOption('INR');
  await amount.fill('1,20,000');
  await community.getByLabel('Message').fill('Half of our people use what you make.');
  await community.getByRole('button', { name: 'Send request' }).click();
  await expect(community).toHaveURL(/\/requests\/[0-9a-f]/);

  await acceptFromInbox(sponsor, apex.company);

  await open(page, `/events/${slug(event)}`);
  await expect(page.getByRole('heading', { name: 'Gold Sponsor' })).toBeVisible();
  await logoStands(page, acme.company);
});

test('the main line works with scripts off', async ({ browser }) => {
  test.setTimeout(240_000);
  const { sponsor, community, acme } = await bothSides(browser, { javaScriptEnabled: false });
  const event = fresh('QuietFest');
  await publishEvent(community, event);
  await openOpportunity(community, event);
  await sponsor.goto('/opportunities');
  await sponsor.getByRole('searchbox').first().fill(event);
  await sponsor.getByRole('button', { name: 'Search' }).click();
  await sponsor.waitForURL(/\?.*=/);
  await awake(sponsor);
  await sponsor.getByRole('link', { name: event, exact: true }).first().click();
  // Refused first: everything typed comes back, with the reason beside its field.
  await sponsor.getByLabel('What you offer').fill('a lot');
  await sponsor.getByLabel('Message').fill('We <b>love</b> this & want in.');
  await sponsor.getByRole('button', { name: 'Send application' }).click();
  await expect(sponsor.getByLabel('What you offer')).toHaveValue('a lot');
  await expect(sponsor.getByLabel('Message')).toHaveValue('We <b>love</b> this & want in.');
  await expect(sponsor.getByRole('alert')).toBeVisible();
  await sponsor.getByLabel('What you offer').fill('250000');
  await sponsor.getByRole('button', { name: 'Send application' }).click();
  await expect(sponsor).toHaveURL(/\/requests\//);
  await acceptFromInbox(community, acme.company);
  await community.goto(`/events/${slug(event)}`);
  await logoStands(community, acme.company);
});

test('the main line fits a phone', async ({ browser }) => {
  test.setTimeout(240_000);
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true };
  // Every page of the walk is measured: before something on it is pressed, and where the walk ends.
  const { sponsor, community, acme } = await bothSides(browser, phone, thumb);
  const event = fresh('PocketConf');
  await publishEvent(community, event, thumb);
  await fits(community);
  await openOpportunity(community, event, thumb);
  await fits(community);
  await open(sponsor, '/opportunities');
  await sponsor.getByRole('searchbox').first().fill(event);
  await thumb.press(sponsor.getByRole('button', { name: 'Search' }));
  await sponsor.waitForURL(/\?.*=/);
  await awake(sponsor);
  await thumb.press(sponsor.getByRole('link', { name: event, exact: true }).first());
  await awake(sponsor);
  await sponsor.getByLabel('What you offer').fill('2,50,000');
  await thumb.press(sponsor.getByRole('button', { name: 'Send application' }));
  await expect(sponsor).toHaveURL(/\/requests\//);
  await awake(sponsor);
  await fits(sponsor);
  await acceptFromInbox(community, acme.company, thumb);
  await fits(community);
  await open(community, `/events/${slug(event)}`);
  await logoStands(community, acme.company);
  await fits(community);
  for (const path of ['/dashboard', '/inbox', '/manage/events', '/manage/opportunities', '/directory']) {
    await open(community, path);
    await fits(community);
  }
});
