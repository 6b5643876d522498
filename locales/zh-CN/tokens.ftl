# API 令牌：可以调用接口的程序。

tokens = API 令牌
tokens-none = 还没有程序可以调用 API。
token-made = 令牌 { $name } 已创建。它只显示这一次，系统仅保存其哈希值，请立即复制。
token-made-by = { $time }，{ $author }
token-column-made = 创建
token-column-used = 最近使用
token-over = 已到期
token-endless = 长期有效
token-revoke = 吊销
token-revoke-name = 吊销 { $name }
token-make = 创建令牌
token-make-do = 创建令牌
token-name-help = 使用它的程序。它所做的每次改动都会注明此名称。
token-ends-on-help = 有效期的最后一天。留空则在吊销前一直有效。
token-not-made = 未创建：{ $number } 项需要更正
token-field-name = 名称
token-field-role = 角色
token-field-ends-on = 有效期至

token-role-reporter = 上报者：只能录入失败记录和新增模型使用
token-role-viewer = 查看者：可以读取全部内容
token-role-operator = 操作员：还可以处理、重新打开、编辑、重试
token-role-admin = 管理员：可以进行全部操作
role-reporter = 上报者

error-token-role = 请选择 reporter、viewer、operator 或 admin
error-token-ended = 须为今天或以后的日期
error-token-name-taken = 已有同名令牌，请换一个名称
error-token-name-of-user = 用户已使用此名称：审计记录中一个名称只代表一个操作者

event-create-token = { $author } 创建了 API 令牌
event-revoke-token = { $author } 吊销了 API 令牌
flash-token-revoked = 令牌 { $name } 已吊销，使用它的请求从现在起都会被拒绝。
flash-token-before = 令牌 { $name } 此前已被吊销：{ $by }，{ $time }。

never = 从未
