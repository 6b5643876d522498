# 用户，仅管理员可见。

users = 用户
user-add = 添加用户
user-added-do = 添加用户
user-not-added = 未添加：{ $number } 项需要更正
user-not-changed = 未改动：{ $number } 项需要更正
user-field-name = 用户名
user-field-role = 角色
user-field-password = 密码
user-field-new-password = 新密码
user-name-help = 用于登录，并注明在每次改动旁：字母、数字、点、连字符、下划线和 @。
user-password-help = 至少 12 个字符，且不是常见密码。请以安全的方式告知用户。
user-reset-help = 至少 12 个字符。该用户的所有会话都将结束。
user-column-state = 状态
user-column-last = 最近登录
user-column-change = 更改
user-change = 更改
user-change-name = 更改 { $name }
user-active = 启用
user-disabled = 已停用
user-since = { $role }，创建于 { $time }
user-role-change = 更改角色
user-role-own = 不能提升自己的角色；降低后立即生效。
user-password-reset = 重置密码
user-access = 访问
user-disable = 停用
user-disable-help = 停用的用户不能登录，其所有会话立即结束。该用户的操作仍保留在审计记录中。
user-enable = 启用
user-enable-help = 该用户已停用。重新启用后可以用原密码登录。
user-end-sessions = 结束所有会话

flash-user-added = 用户 { $name } 已添加。
flash-user-role = { $name } 的角色已更改。
flash-user-password = { $name } 的密码已修改，其所有会话已结束。
flash-user-disabled = 用户 { $name } 已停用，其所有会话已结束。
flash-user-enabled = 用户 { $name } 已启用。
flash-user-sessions = { $name } 的所有会话已结束。
