# JSON API 返回给程序的文字。
problem-stale = 该记录在读取之后已被更改：见 expected 与 present。未作任何改动。
error-json-broken = 请求体不是 JSON。
error-json-object = 必须是 JSON 对象。
error-json-text = 必须是文本。
error-json-number = 必须是数字，不带引号。
error-json-count = 必须是不小于 0 的整数。
error-json-truth = 必须是 true 或 false。
error-json-choice = 必须是以下之一：{ $choices }。
error-json-unknown = 此处没有这个字段。
error-json-twice = 重复给出。
error-page-number = 必须是从 1 开始的整数。
error-page-far = 页码最大为 { $limit }；请用游标 next 继续。
error-page-and-cursor = 页码与游标不能同时使用。
error-idempotency-key = 键必须为 1 到 255 个可见 ASCII 字符。
error-idempotency-body = 该键已用于另一个请求。
job-tidy-idempotency-keys = 清理过期的幂等键
