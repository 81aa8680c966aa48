export { until } from "../../../core/src/testing/until.ts";
