/** Version of the distribution: that of this package. */
export const version = "0.1.0";
