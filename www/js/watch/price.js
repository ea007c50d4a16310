// What a trip through the stack costs, by AWS list prices (us-east-1). ElastiCache and DAX are paid by the hour, so a
// single request costs nothing more there.

const REQUEST = {
  edge: 1.0e-6, // CloudFront, HTTPS: $0.0100 per 10,000
  stage: 3.5e-6, // API Gateway, REST: $3.50 per million
  function: 0.2e-6, // Lambda: $0.20 per million
  table: 0.125e-6, // DynamoDB, on demand: $0.125 per million read units
  bucket: 0.4e-6, // S3, GET: $0.0004 per 1,000
};
const LAMBDA_GB_SECOND = 1.66667e-5;
const LAMBDA_GB = 0.5;
const TRANSFER_BYTE = 0.085e-9; // CloudFront to the internet: $0.085 per GB
const UNIT_BYTES = 8192; // an eventually consistent read of 8 KB is one unit

/** The price of this way through the layers, with so many bytes sent to the client. */
export function trip(layers, size) {
  const steps = layers.map(({ layer, ms }) => {
    const units = layer === "table" ? Math.max(1, Math.ceil(size / UNIT_BYTES)) : 1;
    const compute = layer === "function" ? (ms / 1000) * LAMBDA_GB * LAMBDA_GB_SECOND : 0;
    return (REQUEST[layer] ?? 0) * units + compute;
  });
  return steps.reduce((sum, step) => sum + step, 0) + transfer(size);
}

/** The price of sending so many bytes. */
export const transfer = (size) => size * TRANSFER_BYTE;
