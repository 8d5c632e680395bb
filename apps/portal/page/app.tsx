/** Who is signed in, if anybody: the form, or an authority's results and no other's. */

import { useEffect, useState } from 'preact/hooks';

import { RefusedError, createApi, sentenceOf } from './api.ts';
import type { Api, Authority } from './api.ts';
import { Dashboard } from './dashboard.tsx';
import { forgetKey, keepKey, readKey } from './session.ts';
import { SignIn } from './sign-in.tsx';
import { ThemeChoice } from './theme.tsx';

interface Session {
  readonly api: Api;
  readonly authority: Authority;
}

export function App() {
  const { session, setSession, message, isBusy, tryKey, retry, signOut } = useSession();
  return (
    <>
      <a class="skip" href="#main">
        Skip to the results
      </a>
      <header class="top">
        <p class="brand">
          <Logo /> Results portal
        </p>
        {session !== undefined && <p class="who">{session.authority.authority}</p>}
        <ThemeChoice />
        {session !== undefined && (
          <button type="button" onClick={() => signOut('You are signed out.')}>
            Sign out
          </button>
        )}
      </header>
      <main id="main" tabIndex={-1}>
        {session === undefined ? (
          <SignIn
            isBusy={isBusy}
            message={message}
            onKey={tryKey}
            onRetry={retry}
            onForget={() => signOut('The key is forgotten.')}
          />
        ) : (
          <Dashboard
            api={session.api}
            authority={session.authority}
            onAuthority={(authority) => setSession({ api: session.api, authority })}
            onRefused={(error) => signOut(sentenceOf(error))}
          />
        )}
      </main>
    </>
  );
}

function useSession() {
  const [key, setKey] = useState(readKey);
  const [session, setSession] = useState<Session>();
  const [message, setMessage] = useState<string>();
  /** Grows when the same key is tried again. */
  const [attempt, setAttempt] = useState(0);
  const [hasFailed, setFailed] = useState(false);

  useEffect(() => {
    if (key === undefined) return;
    setFailed(false);
    const stop = new AbortController();
    const api = createApi(key);
    api.authority(stop.signal).then(
      (authority) => {
        keepKey(key);
        setSession({ api, authority });
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        if (error instanceof RefusedError && error.isKeyRefused) return signOut(sentenceOf(error));
        // A portal that is away says nothing about the key.
        setMessage(sentenceOf(error));
        setFailed(true);
      },
    );
    return () => stop.abort();
  }, [key, attempt]);

  const signOut = (why?: string): void => {
    forgetKey();
    setKey(undefined);
    setSession(undefined);
    setFailed(false);
    setMessage(why);
  };
  const tryKey = (text: string): void => {
    setMessage(undefined);
    setKey(text);
    setAttempt((before) => before + 1);
  };
  const canRetry = key !== undefined && hasFailed;
  return {
    session,
    setSession,
    message,
    isBusy: key !== undefined && !hasFailed,
    tryKey,
    retry: canRetry ? () => tryKey(key) : undefined,
    signOut,
  };
}

function Logo() {
  return (
    <svg width="18" height="18" viewBox="0 0 16 16" aria-hidden="true">
      <rect class="logo" width="16" height="16" rx="3" />
      <path class="logo-bars" d="M3 12V9h2v3zm4 0V4h2v8zm4 0V7h2v5z" />
    </svg>
  );
}
