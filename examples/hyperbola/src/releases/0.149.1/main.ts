import { serveSite } from '../../site/site.js';
import { settings } from './settings.js';

serveSite('0.149.1', () => ({ isReady: true, settings }));
