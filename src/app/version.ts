export { packageVersion } from '../platform/packageVersion';
export { packageRoot } from '../platform/packageRoot';
