/** Light, dark, or as the system has it. The choice is the device's: it outlives a session. */

import { useState } from 'preact/hooks';

const STORED = 'priolab-theme';
const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const stored = (): Theme =>
  THEMES.find((theme) => theme === localStorage.getItem(STORED)) ?? 'system';

export function applyTheme(theme: Theme = stored()): void {
  document.documentElement.dataset['theme'] = theme;
}

export function ThemeChoice() {
  const [theme, setTheme] = useState(stored);
  const choose = (value: Theme): void => {
    localStorage.setItem(STORED, value);
    applyTheme(value);
    setTheme(value);
  };
  return (
    <fieldset class="segments">
      <legend class="hidden">Colours</legend>
      {THEMES.map((value) => (
        <label key={value}>
          <input
            type="radio"
            name="theme"
            checked={theme === value}
            onChange={() => choose(value)}
          />
          <span>{value === 'system' ? 'Auto' : value === 'light' ? 'Light' : 'Dark'}</span>
        </label>
      ))}
    </fieldset>
  );
}
