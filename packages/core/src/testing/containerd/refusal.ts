import { ClosedError, StatusError } from "@dunnage/ttrpc";

/** What an unsuccessful call told the client. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

/** The status of a call that failed, undefined when it succeeded. A lost connection is thrown on: it is no answer. */
export async function refusal(call: Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof ClosedError || !StatusError.is(error)) throw error;
    return { code: error.code, message: error.message };
  }
}
