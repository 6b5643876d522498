# 登录、退出和自己的账户。

sign-in = 登录
sign-in-do = 登录
sign-in-wrong = 用户名或密码不正确。
sign-in-ended = 登录已失效，没有提交任何内容。
sign-in-kept = 登录已失效。请重新登录，之后会显示你填写的内容。没有提交任何内容。
typed-not-sent = 你填写期间登录已失效，内容尚未提交。请核对后再提交。
typed-for = 表单地址：
typed-ticked = 已勾选 { $number } 条记录。
typed-send = 现在提交
typed-drop = 不提交
sign-out = 退出登录
username = 用户名
password = 密码

account = 我的账户
field-current-password = 当前密码
field-new-password = 新密码
field-language = 语言
new-password-help = 至少 12 个字符。你的其他会话都将退出登录。
change-password = 修改密码
change-language = 使用此语言
account-not-changed = 未改动：{ $number } 项需要更正

role-viewer = 查看者
role-operator = 操作员
role-admin = 管理员

may = 你作为{ $role }可以做什么
may-what = 操作
may-role = 所需角色
may-you = 你

error-password-wrong = 与此账户的当前密码不符
error-password-length = 须为 { $least } 至 { $most } 个字符
error-password-user = 不能只是用户名加几个字符
error-password-simple = 太容易被猜到：不能是常见密码，可以用几个互不相关的词
error-language = 请从列出的语言中选择
error-user-name = 1 至 64 个字母、数字、点、连字符、下划线或 @
error-name-of-the-app = 此名称在审计记录中代表本系统自身，请换一个
error-name-taken = 已有同名用户，请换一个用户名
error-name-of-token = 令牌已使用此名称：审计记录中一个名称只代表一个操作者
error-role = 请选择 viewer、operator 或 admin
conflict-own-role = 不能提升自己的角色，请由其他管理员操作。未作任何改动。
conflict-last-admin = 这是最后一位管理员，请先把管理员角色授予他人。未作任何改动。

event-create-user = { $author } 添加了用户
event-change-password = { $author } 修改了密码
event-change-role = { $author } 修改了角色
event-disable-user = { $author } 停用了用户
event-enable-user = { $author } 启用了用户
event-end-sessions = { $author } 结束了用户的所有会话
event-wrong-password = 使用错误的密码登录
event-change-language = { $author } 更改了语言
event-sign-in = { $author } 登录
event-sign-out = { $author } 退出登录

flash-password = 密码已修改，你的其他会话已退出登录。
## 本系统各部分的路由从该角色起允许做什么

may-account-viewer = 修改自己的密码和语言
may-failed-accounting-viewer = 查看记账失败记录，下载 CSV
may-failed-accounting-operator = 录入失败记录、处理、重新打开、编辑、重试
may-failed-accounting-admin = 删除记账失败记录，查看被遮盖的密钥
may-usages-viewer = 查看模型使用，下载 CSV
may-usages-operator = 将模型使用设为记账失败
may-usages-admin = 新增、修改和删除模型使用
may-history-viewer = 查看历史记录
may-archive-viewer = 查看归档的执行情况和计划
may-archive-admin = 归档
may-batches-viewer = 查看批量操作
may-views-viewer = 保存列表视图
may-batches-operator = 执行、中止和撤销批量操作
may-users-admin = 管理用户
may-tokens-admin = 管理 API 令牌
may-audit-admin = 查看审计记录

sessions = 会话
sessions-help = 会话在 2 小时未使用后结束，最长为登录后 12 小时。
sign-out-everywhere = 在所有设备上退出登录

flash-language = 语言已更改。
