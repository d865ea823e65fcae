// Draws a ChartData (src/Kit/Numbers/ChartData.cs) with ECharts: canvas, no animation, colours from the tokens, rich-text tooltips.
import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, CustomChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

const tones = ['', 'accent', 'good', 'warn', 'bad'];

export function draw(element, data) {
  const style = getComputedStyle(element);
  const token = name => style.getPropertyValue(`--ht-${name}`).trim();
  const palette = ['accent', 'ink-3', 'bar-good', 'bar-warn', 'bar-bad', 'control'].map(token);
  const colour = (series, at) => series.tone > 0 ? (series.tone === 1 ? token('accent') : token(`bar-${tones[series.tone]}`)) : palette[at % palette.length];
  const font = { color: token('ink-3'), fontFamily: style.fontFamily, fontSize: 12 };
  const say = value => `${value}${data.unit}`;

  const words = {
    type: 'category', data: data.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: token('line') } },
    axisLabel: { ...font, hideOverlap: true }, inverse: data.lying,
  };
  const numbers = {
    type: 'value', min: data.min ?? undefined, max: data.max ?? undefined, axisLine: { show: false },
    axisLabel: { ...font, formatter: say }, splitLine: { lineStyle: { color: token('line') } },
  };

  // A share never lies below nothing or above all of it, nor does its whisker.
  const within = value => data.unit === '%' ? Math.min(100, Math.max(0, value)) : value;
  const rows = [];
  data.series.forEach((series, at) => {
    const fill = colour(series, at);
    rows.push({
      name: series.name, type: series.bars ? 'bar' : 'line', data: series.values, stack: data.stacked ? 'all' : undefined,
      symbol: 'circle', symbolSize: 7, itemStyle: { color: fill, borderRadius: series.bars && !data.stacked ? 2 : 0 }, lineStyle: { color: fill, width: 2 }, barMaxWidth: 24,
      markLine: at === 0 && data.target != null ? {
        symbol: 'none', silent: true, label: { ...font, color: token('good'), formatter: data.targetText ?? '', position: 'end' },
        lineStyle: { color: token('good'), type: 'dashed' }, data: [data.lying ? { xAxis: data.target } : { yAxis: data.target }],
      } : undefined,
      endLabel: !series.bars && data.series.length === 1 ? { show: true, formatter: p => say(p.value), color: fill, fontWeight: 600, fontSize: 13, offset: [0, data.target == null ? 0 : 12] } : undefined,
      z: 3,
    });
    if (!series.margins) return;
    rows.push({
      name: series.name, type: 'custom', silent: true, tooltip: { show: false }, z: 2,
      data: series.values.map((value, i) => value == null || series.margins[i] == null ? [i, null, null] : [i, within(value - series.margins[i]), within(value + series.margins[i])]),
      encode: { x: 0, y: [1, 2] },
      renderItem(_, api) {
        if (Number.isNaN(api.value(1))) return null;
        const low = api.coord([api.value(0), api.value(1)]);
        const high = api.coord([api.value(0), api.value(2)]);
        const line = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: fill, opacity: 0.5, lineWidth: 1.2 } });
        return { type: 'group', children: [line(low[0], low[1], high[0], high[1]), line(low[0] - 4, low[1], low[0] + 4, low[1]), line(high[0] - 4, high[1], high[0] + 4, high[1])] };
      },
    });
  });

  const chart = init(element, null, { renderer: 'canvas' });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: style.fontFamily },
    grid: { left: 8, right: data.target != null || rows.some(r => r.endLabel) ? 72 : 16, top: data.series.length > 1 ? 36 : 16, bottom: 8, containLabel: true },
    legend: data.series.length > 1 ? { top: 0, left: 0, icon: 'roundRect', itemWidth: 12, itemHeight: 8, textStyle: font, data: data.series.map(s => s.name) } : undefined,
    tooltip: {
      trigger: 'axis', renderMode: 'richText', confine: true, backgroundColor: token('surface'), borderColor: token('line-2'), textStyle: { ...font, color: token('ink') },
      formatter: points => [points[0].axisValue, ...points.filter(p => p.seriesType !== 'custom').map(p => {
        const margin = data.series.find(s => s.name === p.seriesName)?.margins?.[p.dataIndex];
        return `${p.seriesName} ${p.value == null ? '—' : say(p.value)}${margin == null ? '' : ` ±${margin}`}`;
      })].join('\n'),
    },
    xAxis: data.lying ? numbers : words,
    yAxis: data.lying ? words : numbers,
    series: rows,
  });
  return chart;
}
