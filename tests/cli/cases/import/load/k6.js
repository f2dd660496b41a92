import http from 'k6/http';
export const options = {
  vus: 10, duration: '30s', // load
  thresholds: {
    http_req_duration: ['p(95)<500', 'avg<200'],
    'http_req_duration{status:200}': ['max<600'],
    http_req_failed: ['rate<0.01'],
  },
};
export default function () { http.get('https://x'); }
