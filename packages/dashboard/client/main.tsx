import 'uplot/dist/uPlot.min.css';
import './styles.css';
import { render } from 'preact';
import { App } from './app.js';

const holder = document.getElementById('app');
if (holder !== null) render(<App />, holder);
