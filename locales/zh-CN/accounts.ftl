# 登录、退出和自己的账户。

sign-in = 登录
sign-in-do = 登录
sign-in-wrong = 用户名或密码不正确。
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
may-view = 查看所有页面，下载 CSV
may-operate = 登记失败记录、处理、重新打开、编辑
may-administer = 删除记账失败记录

error-password-wrong = 与此账户的当前密码不符
error-password-length = 须为 { $least } 至 { $most } 个字符
error-password-user = 不能只是用户名加几个字符
error-password-simple = 至少要有 5 个不同的字符
error-language = 请从列出的语言中选择
error-user-name = 1 至 64 个字母、数字、点、连字符、下划线或 @
error-name-taken = 已有同名用户，请换一个用户名
conflict-last-admin = 这是最后一位管理员，请先把管理员角色授予他人。未作任何改动。

event-create-user = { $author } 添加了用户
event-change-password = { $author } 修改了密码
event-change-role = { $author } 修改了角色
event-disable-user = { $author } 停用了用户
event-change-language = { $author } 更改了语言
event-sign-in = { $author } 登录
event-sign-out = { $author } 退出登录

flash-password = 密码已修改，你的其他会话已退出登录。
flash-language = 语言已更改。
