# 审计记录，仅管理员可见。

audit = 审计记录
audit-none = 没有符合条件的记录
audit-filters = 筛选
audit-filter = 筛选
audit-clear = 清除全部筛选
audit-any = 全部
audit-csv = 下载这些记录的 CSV
audit-changes = 改动内容
audit-not-filtered = 未筛选：请更正下列各项
audit-field-from = 起始日期
audit-field-to = 截止日期
audit-field-author = 操作人
audit-field-action = 操作
audit-field-q = 记录 id
audit-field-after = 位置
audit-field-before = 位置
audit-column-when = 时间
audit-column-what = 对象
audit-column-from = 来源
error-audit-order = 不能早于起始日期

audit-kind-failed-accounting = 记账失败记录
audit-kind-usage = 模型使用
audit-kind-user = 用户
audit-kind-token = API 令牌

audit-action-create = 登记
audit-action-import = 导入
audit-action-edit = 编辑
audit-action-handle = 处理
audit-action-reopen = 重新打开
audit-action-delete = 删除
audit-action-show-secret = 查看被遮盖的密钥
audit-action-create-user = 添加用户
audit-action-change-password = 修改密码
audit-action-change-role = 更改角色
audit-action-disable-user = 停用用户
audit-action-enable-user = 启用用户
audit-action-end-sessions = 结束所有会话
audit-action-change-language = 更改语言
audit-action-create-token = 创建令牌
audit-action-revoke-token = 吊销令牌
audit-action-sign-in = 登录
audit-action-wrong-password = 密码错误
audit-action-sign-out = 退出登录
