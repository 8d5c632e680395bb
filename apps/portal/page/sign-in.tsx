/** The form for the key. */

import { useState } from 'preact/hooks';

import { KEY_LENGTH_MAX, cleanKey } from './session.ts';

interface Properties {
  readonly isBusy: boolean;
  readonly message: string | undefined;
  readonly onKey: (key: string) => void;
  /** Where a key is there that the portal could not be asked about. */
  readonly onRetry: (() => void) | undefined;
  readonly onForget: () => void;
}

export function SignIn({ isBusy, message, onKey, onRetry, onForget }: Properties) {
  const [problem, setProblem] = useState<string>();
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const field = event.currentTarget.elements.namedItem('key') as HTMLInputElement;
    const key = cleanKey(field.value);
    field.value = '';
    if (key === undefined) {
      setProblem('That is no key: a key is one word of letters, digits and signs.');
      field.focus();
      return;
    }
    setProblem(undefined);
    onKey(key);
  };
  return (
    <form class="sign-in" onSubmit={submit} autocomplete="off">
      <h1>Sign in</h1>
      <p id="about-key">
        With the API key of your health authority. It stays in this tab and is forgotten when you
        sign out or close it.
      </p>
      <label for="key">API key</label>
      <input
        id="key"
        name="key"
        type="password"
        autocomplete="off"
        spellcheck={false}
        required
        maxLength={KEY_LENGTH_MAX}
        aria-describedby="about-key sign-in-message"
      />
      <button type="submit" class="primary" disabled={isBusy}>
        {isBusy ? 'Signing in …' : 'Sign in'}
      </button>
      <p id="sign-in-message" class="message" role="status">
        {problem ?? message}
      </p>
      {onRetry !== undefined && (
        <p class="retry">
          <button type="button" onClick={onRetry}>
            Try again
          </button>{' '}
          <button type="button" onClick={onForget}>
            Forget the key
          </button>
        </p>
      )}
    </form>
  );
}
