// Native notifications. Kept while shown, since a notification that is garbage loses its click.
import { Notification } from 'electron'

export function showNotice(shown: Set<Notification>, notice: { readonly title: string; readonly body: string }, onClick: () => void): void {
  if (!Notification.isSupported()) return
  const notification = new Notification({ title: notice.title, body: notice.body })
  shown.add(notification)
  notification.on('click', () => {
    shown.delete(notification)
    onClick()
  })
  notification.on('close', () => shown.delete(notification))
  notification.show()
}
