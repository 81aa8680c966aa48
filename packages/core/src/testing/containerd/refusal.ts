import { ClosedError, StatusError } from "@dunnage/ttrpc";

/** The error that a failed call returned to the client. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

/** The status of a failed call, undefined if it succeeded. A lost connection is rethrown: it is not a response. */
export async function refusal(call: Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof ClosedError || !StatusError.is(error)) throw error;
    return { code: error.code, message: error.message };
  }
}
