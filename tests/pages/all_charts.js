/** One chart of each kind, put on the blank page. */
async () => {
  const c = await import('/assets/shared/charts.js');
  const main = document.querySelector('main');
  main.append(
    c.lineChart({ title: '线', unit: '%', x: ['一', '二'], series: [{ name: '甲', values: [1, 2] }, { name: '乙', values: [2, null] }] }),
    c.barChart({ title: '条', unit: '条', bars: [{ label: '甲', value: 3, href: '/x' }, { label: '乙', value: 1 }] }),
    c.stackedBarChart({ title: '叠', unit: '个', parts: [{ name: '机器人', colour: 'bot' }, { name: '人工', colour: 'agent' }], rows: [{ label: '甲', values: [30, 40] }] }),
    c.heatMap({ title: '热', unit: '分', columns: ['上午', '下午'], rows: [{ label: '周一', values: [1, 9] }, { label: '周二', values: [null, 0] }] }),
    c.distribution({ title: '分布', unit: '小时', bins: [{ from: 0, to: 2, n: 5 }, { from: 2, to: 4, n: 1 }], marks: [{ at: 1, text: '中位 1' }], limit: 2 }),
    c.strip({ title: '点', unit: '小时', points: [{ label: '甲', value: 1, href: '/a' }, { label: '乙', value: 30 }], marks: [{ at: 24, text: '时限' }], limit: 24 }),
    c.barChart({ title: '空', unit: '条', bars: [] }),
  );
}
