/** What every handler finds in `res.locals`. */
export interface HttpContext {
  requestId: string;
}

declare global {
  namespace Express {
    interface Request {
      /** The bytes of a parsed JSON body, as they came. */
      rawBody?: Buffer;
    }
    interface Locals extends HttpContext {
      /** Overrides the route label of metrics, for routes that are not Express routes. A pattern, never a raw path. */
      route?: string;
      /** Of the error that was answered, for the access log. */
      code?: string;
    }
  }
}
