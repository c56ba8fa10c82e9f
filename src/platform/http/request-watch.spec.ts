import type { IncomingMessage } from 'node:http';

import { RequestWatch } from './request-watch.js';

describe('an answer', () => {
  const request = () => ({ method: 'GET', headers: {} }) as IncomingMessage;
  const told = async (watch: RequestWatch) =>
    watch.metrics.registry.getSingleMetricAsString('ccx_http_request_duration_seconds');
  afterEach(() => jest.restoreAllMocks());

  it('took as long as its caller waited, in line or not', async () => {
    const watch = new RequestWatch();
    const waiting = request();
    const now = jest.spyOn(performance, 'now').mockReturnValue(1_000);
    watch.arrived(waiting);
    now.mockReturnValue(3_500);
    watch.answered(waiting, '/v1/preferences', 200);
    const labels = 'method="GET",route="/v1/preferences",status="200"';
    await expect(told(watch)).resolves.toContain(`ccx_http_request_duration_seconds_sum{${labels}} 2.5`);
  });

  it('is counted by method and status, each by itself', async () => {
    const watch = new RequestWatch();
    for (const status of [200, 200, 404]) watch.answered(request(), '/v1/me', status);
    const text = await told(watch);
    const labels = 'method="GET",route="/v1/me"';
    expect(text).toContain(`ccx_http_request_duration_seconds_count{${labels},status="200"} 2`);
    expect(text).toContain(`ccx_http_request_duration_seconds_count{${labels},status="404"} 1`);
  });
});
