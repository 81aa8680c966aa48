export { until } from "../../packages/core/src/testing/until.ts";
