export const API_CLIENT: string;
export const SECRET: string;
export const RESTAURANTS: string[];

export type ToastOptions = { port?: number; days?: number; aDay?: number; perSecond?: number; live?: boolean };
export type ToastOrder = any;

/** A stand-in for Toast: see toast.mjs. */
export class Toast {
  static start(options?: ToastOptions): Promise<Toast>;
  readonly url: string;
  readonly env: Record<string, string>;
  readonly asked: string[];
  readonly logins: number[];
  readonly tokens: Set<string>;
  readonly orders: Map<string, ToastOrder[]>;
  fault?: { status: number; retryAfter?: string | number; times?: number };
  ring(restaurant?: string, cents?: number): ToastOrder;
  edit(restaurant: string, guid: string, change: (order: ToastOrder) => void, at?: number): void;
  stop(): Promise<void>;
}
