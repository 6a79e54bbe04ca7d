// How a person works a page: with a mouse, or by keyboard alone. Steps are written once and take either.
import type { Locator } from '@playwright/test';

export interface File {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export interface Hand {
  fill(field: Locator, text: string): Promise<void>;
  /** One option of a select, by its value or its label. */
  choose(select: Locator, option: string): Promise<void>;
  /** A radio button or a checkbox. */
  tick(box: Locator): Promise<void>;
  file(field: Locator, file: File): Promise<void>;
  /** A button or a link. */
  press(target: Locator): Promise<void>;
}

export const mouse: Hand = {
  fill: (field, text) => field.fill(text),
  choose: async (select, option) => {
    await select.selectOption(option);
  },
  tick: (box) => box.check(),
  file: (field, file) => field.setInputFiles(file),
  press: (target) => target.click(),
};

/** No click anywhere: Tab to what is meant, then the keys that it answers to. */
export const keyboard: Hand = {
  async fill(field, text) {
    await tabTo(field);
    const keys = field.page().keyboard;
    const kind = await field.getAttribute('type');
    if (kind === 'date' || kind === 'datetime-local') {
      await typeDate(field, text);
    } else {
      await keys.press('ControlOrMeta+a');
      await keys.type(text);
    }
  },
  async choose(select, option) {
    await tabTo(select);
    const keys = select.page().keyboard;
    await keys.press('Home');
    const chosen = async () =>
      select.evaluate((it, wanted) => {
        const one = (it as HTMLSelectElement).selectedOptions[0];
        return one?.value === wanted || one?.label === wanted;
      }, option);
    for (let step = 0; step < 80 && !(await chosen()); step += 1) await keys.press('ArrowDown');
    if (!(await chosen())) throw new Error(`no option "${option}"`);
  },
  async tick(box) {
    await tabTo(box);
    if (!(await box.isChecked())) await box.page().keyboard.press('Space');
    if (!(await box.isChecked())) throw new Error('the box did not take the space bar');
  },
  async file(field, file) {
    await tabTo(field);
    // Waiting for it tells the browser to hand it over instead of opening its own, and on a busy machine the key may be there first:
    // whoever sees nothing open presses again.
    for (let times = 0; times < 4; times += 1) {
      const chooser = field.page().waitForEvent('filechooser', { timeout: 4_000 }).catch(() => undefined);
      await field.page().evaluate(() => null);
      await field.page().keyboard.press('Enter');
      const opened = await chooser;
      if (opened) return opened.setFiles(file);
    }
    throw new Error('Enter opened no choice of files');
  },
  async press(target) {
    await tabTo(target);
    await target.page().keyboard.press('Enter');
  },
};

/** Presses Tab (or goes back) until the element has the focus; the arrows inside a group of radio buttons, which is one stop. */
export async function tabTo(target: Locator, most = 160, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const keys = target.page().keyboard;
  await target.waitFor();
  const name = await target.evaluate((it) => (it instanceof HTMLInputElement && it.type === 'radio' ? it.name : null));
  const at = () =>
    target.evaluate((it, group) => {
      const focus = document.activeElement;
      if (focus === it) return 'here';
      // Radio buttons of one name are a group within their form.
      const beside = focus instanceof HTMLInputElement && focus.name === group && focus.form === (it as HTMLInputElement).form;
      return group !== null && beside ? 'group' : 'elsewhere';
    }, name);
  for (let step = 0; step < most; step += 1) {
    const where = await at();
    if (where === 'here') return;
    await keys.press(where === 'group' ? 'ArrowDown' : key);
  }
  throw new Error(`the focus never came to ${target}`);
}

/**
 * Into the parts of a date field, in the order of the browser's own language (see playwright.config.ts): month, day, year,
 * hours, minutes, am or pm.
 */
async function typeDate(field: Locator, text: string): Promise<void> {
  const keys = field.page().keyboard;
  const [date, time] = text.split('T');
  const [year, month, day] = date!.split('-');
  await keys.type(`${month}${day}${year}`);
  if (time) {
    const [hours, minutes] = time.split(':').map(Number);
    // A year may have more than four digits: only the arrow ends it.
    await keys.press('ArrowRight');
    const two = (number: number) => String(number).padStart(2, '0');
    await keys.type(`${two(hours! % 12 || 12)}${two(minutes!)}${hours! < 12 ? 'AM' : 'PM'}`);
  }
}
