export { stderrLog } from '../platform/log';
